# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tiny checkpoints of shapes and options that tests/golden/models does not have, in its format.

    python more_variants.py --make DIR --out MODELS [VARIANT ...]
    viva verify MODELS

DIR holds make_models.py and granite_reference.py, the scripts that made tests/golden/models.
"""
import sys

VARIANTS = {
    # nothing divides anything: heads narrower than the width, even kernel, four queries a window, biases, odd multipliers
    "odd": dict(
        cls="granite_speech", seed=5101, style="refact", vocab=500, template="role", template_in="jinja", n_mels=40, window=12, rate=3,
        encoder=dict(num_layers=5, hidden_dim=30, num_heads=3, dim_head=7, feedforward_mult=3, output_dim=5, context_size=7,
                     max_pos_emb=9, conv_kernel_size=6, conv_expansion_factor=3),
        projector=dict(hidden_size=33, num_attention_heads=3, intermediate_size=50, num_hidden_layers=3, cross_attention_frequency=2),
        text=dict(hidden_size=60, intermediate_size=70, num_hidden_layers=3, num_attention_heads=5, num_key_value_heads=1, head_dim=14,
                  attention_bias=True, mlp_bias=True, attention_multiplier=0.11, embedding_multiplier=7.5, residual_multiplier=0.5,
                  logits_scaling=3.5, rope_theta=3e5),
        tied=True, adapter=dict(r=5, alpha=3), peft=dict(r=2, alpha=5), preprocessor="hf"),
    # a single encoder block has no middle; the input layer's output handed on; windows of three with three queries; bf16, untied
    "single": dict(
        cls="granite_speech_plus", seed=5102, style="gpt2", vocab=560, template="role", template_in="jinja", n_mels=8, window=3, rate=1,
        encoder=dict(num_layers=1, hidden_dim=32, num_heads=4, dim_head=8, feedforward_mult=4, output_dim=7, context_size=30,
                     max_pos_emb=64, conv_kernel_size=3, conv_expansion_factor=2, cat_hidden_layers=[0]),
        projector=dict(hidden_size=32, num_attention_heads=4, intermediate_size=37, num_hidden_layers=1),
        text=dict(hidden_size=48, intermediate_size=64, num_hidden_layers=4, num_attention_heads=6, num_key_value_heads=3,
                  attention_multiplier=0.2, logits_scaling=5, rope_theta=1e4),
        tied=False, peft=dict(r=4, alpha=4), store="bfloat16", shards=2, preprocessor="processor"),
    # three layers handed on, the one with the mid addition among them; half precision file, untied
    "captures": dict(
        cls="granite_speech_plus", seed=5103, style="gpt2", vocab=640, template="role", template_in="jinja",
        encoder=dict(num_layers=6, hidden_dim=24, num_heads=2, dim_head=12, feedforward_mult=2, output_dim=9, context_size=5,
                     max_pos_emb=5, conv_kernel_size=15, conv_expansion_factor=1, cat_hidden_layers=[3, 0, 5]),
        projector=dict(hidden_size=40, num_attention_heads=5, intermediate_size=80),
        text=dict(hidden_size=56, intermediate_size=100, num_hidden_layers=2, num_attention_heads=7, num_key_value_heads=7,
                  attention_multiplier=0.125, logits_scaling=9, rope_theta=5e6, rms_norm_eps=1e-4),
        tied=False, peft=dict(r=6, alpha=3), store="float16", preprocessor="processor"),
    # every head with keys of its own, whole clips in one attention block, USER:/ASSISTANT:, tied
    "wide-context": dict(
        cls="granite_speech", seed=5104, style="cl100k", vocab=700, template="user", template_in="jinja",
        encoder=dict(num_layers=2, hidden_dim=48, num_heads=6, dim_head=8, feedforward_mult=1, output_dim=21, context_size=200,
                     max_pos_emb=512, conv_kernel_size=31, conv_expansion_factor=2),
        projector=dict(hidden_size=16, num_attention_heads=1, intermediate_size=16),
        text=dict(hidden_size=32, intermediate_size=200, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=4,
                  attention_multiplier=0.3, embedding_multiplier=1, residual_multiplier=1, logits_scaling=1, rope_theta=1e4),
        tied=True, peft=dict(r=1, alpha=2), preprocessor="published", generation_config=False),
}

if __name__ == "__main__":
    place = sys.argv.index("--make")
    sys.path.insert(0, sys.argv[place + 1])
    del sys.argv[place:place + 2]
    import make_models
    make_models.main(variants=VARIANTS, program="more_variants.py", mels=(80, 40, 8))
