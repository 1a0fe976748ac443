# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds folders that Viva Voce wrote against transformers and PEFT.

    python check_transformers.py --viva build/ci/app/viva --demo resources/demo/model --demo-clip CLIP [--demo-adapter FOLDER] [--models tests/golden/models] --out result.json

Needs torch, transformers, peft, safetensors and soundfile; versions.json names those it was run with. For each model: logits of one clip
and one prompt from `viva inspect --dump` against transformers' own (float32, eager attention, one clip), then

  demo      the built-in demo model opens in transformers
  adapter   an adapter that Viva Voce wrote loads in PEFT and changes the logits as it does there
  beside    the same adapter, exported in the style of 3.x, opens with the base by from_pretrained
  merged    a checkpoint that `viva merge` wrote (in float32: half precision would round) opens in transformers
  kinds     adapters that PEFT wrote with other options (rsLoRA, ranks and alphas by module, chosen layers, left-out modules), live and merged

transformers 5.23 leaves the division by logits_scaling out of its GraniteSpeech classes; it is made here, as GraniteForCausalLM does.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import peft
import safetensors
import torch
import transformers
from safetensors.torch import load_file

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
torch.set_num_threads(1)

TOLERANCE = 1e-4          # of logits, as in tests/golden/models
TOLERANCE_FOLDED = 2e-4   # folded in against live


def viva(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def dump(program, folder, clip, prompt, out, *more):
    viva(program, "inspect", folder, "--clip", clip, "--prompt", prompt, "--dump", out, "--device", "cpu", "--json", *more)
    return load_file(out)


def open_model(folder, bundled=True):
    """from_pretrained attaches an adapter that lies in the folder by itself, so it is left out where it must not be there."""
    if not bundled:
        with tempfile.TemporaryDirectory() as bare:
            for name in os.listdir(folder):
                if not name.startswith("adapter_") and os.path.isfile(os.path.join(folder, name)):
                    shutil.copy(os.path.join(folder, name), bare)
            return open_model(bare)
    plus = json.load(open(os.path.join(folder, "config.json")))["model_type"] == "granite_speech_plus"
    name = "GraniteSpeechPlusForConditionalGeneration" if plus else "GraniteSpeechForConditionalGeneration"
    return getattr(transformers, name).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


@torch.no_grad()
def logits(model, stored):
    """The model's own encoder, projector and decoder on the dumped features and ids."""
    out = model(input_ids=stored["ids"].unsqueeze(0), input_features=stored["features"].unsqueeze(0), use_cache=False)
    inner = model.get_base_model() if isinstance(model, peft.PeftModel) else model
    return out.logits[0].float() / inner.config.text_config.logits_scaling


def compare(results, name, got, want, tolerance):
    worst = (got - want).abs().max().item()
    results[name] = {"worst": worst, "tolerance": tolerance, "ok": worst <= tolerance, "rows": list(want.shape)}
    print(f"{'ok  ' if worst <= tolerance else 'FAIL'} {name}: {worst:.2e} of {tolerance:.0e}")


def check(program, label, folder, clip, prompt, adapter, results, work):
    path = lambda name: os.path.join(work, name)
    stored = dump(program, folder, clip, prompt, path("plain.safetensors"))
    model = open_model(folder)
    compare(results, f"{label}: opens", logits(model, stored), stored["logits"], TOLERANCE)
    if adapter is None:
        return
    stored = dump(program, folder, clip, prompt, path("live.safetensors"), "--adapter", adapter, "--without-bundled")
    tuned = peft.PeftModel.from_pretrained(open_model(folder, bundled=False), adapter).eval()
    compare(results, f"{label}: adapter in PEFT", logits(tuned, stored), stored["logits"], TOLERANCE)
    plain = dump(program, folder, clip, prompt, path("off.safetensors"), "--without-bundled")
    results[f"{label}: adapter in PEFT"]["changes_logits_by"] = (plain["logits"] - stored["logits"]).abs().max().item()
    mixed = open_model(folder, bundled=False)
    mixed.load_adapter(adapter, adapter_name="second")
    compare(results, f"{label}: adapter by load_adapter", logits(mixed.eval(), stored), stored["logits"], TOLERANCE)
    beside = path("beside")
    viva(program, "export", "--adapter", adapter, "--out", beside, "--style", "granite", "--json")
    for name in os.listdir(folder):
        if not name.startswith("adapter_") and os.path.isfile(os.path.join(folder, name)):
            shutil.copy(os.path.join(folder, name), beside)
    stored = dump(program, folder, clip, prompt, path("beside.safetensors"), "--adapter", adapter, "--without-bundled")
    compare(results, f"{label}: adapter beside the base, as 3.x keeps it", logits(open_model(beside), stored), stored["logits"], TOLERANCE)
    merged = path("merged")
    viva(program, "merge", "--model", folder, "--adapter", adapter, "--out", merged, "--dtype", "float32", "--json")
    stored = dump(program, folder, clip, prompt, path("both.safetensors"), "--adapter", adapter)
    compare(results, f"{label}: merged opens", logits(open_model(merged), stored), stored["logits"], TOLERANCE_FOLDED)
    bundled = os.path.exists(os.path.join(folder, "adapter_config.json"))
    if bundled:
        everything = path("everything")
        viva(program, "merge", "--model", folder, "--adapter", adapter, "--out", everything, "--bundled", "--dtype", "float32", "--json")
        compare(results, f"{label}: merged with the bundled one", logits(open_model(everything), stored), stored["logits"],
                TOLERANCE_FOLDED)


KINDS = {
    "rslora, ranks and alphas by module": dict(r=4, lora_alpha=6, use_rslora=True, target_modules=r".*language_model\.layers\.\d+\..*_proj",
                                               rank_pattern={"q_proj": 2, r"layers.0.mlp.up_proj": 5}, alpha_pattern={"v_proj": 3, "mlp.down_proj": 9}),
    "chosen layers": dict(r=3, lora_alpha=5, target_modules=["q_proj", "o_proj", "gate_proj"], layers_to_transform=[1]),
    "left-out modules": dict(r=2, lora_alpha=4, target_modules=["q_proj", "k_proj", "v_proj", "gate_proj"], exclude_modules=["k_proj"]),
}


def check_kinds(program, label, folder, clip, results, work):
    """PEFT makes and saves each adapter with random factors; Viva Voce must load it and compute the same."""
    for kind, options in KINDS.items():
        torch.manual_seed(7)
        tuned = peft.get_peft_model(open_model(folder, bundled=False), peft.LoraConfig(task_type="CAUSAL_LM", **options)).eval()
        for name, value in tuned.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(value, std=0.3)
        adapter, merged = os.path.join(work, kind), os.path.join(work, kind + " merged")
        tuned.save_pretrained(adapter)
        prompt = "transcribe the speech"
        stored = dump(program, folder, clip, prompt, os.path.join(work, "kind.safetensors"), "--adapter", adapter, "--without-bundled")
        compare(results, f"{label}: {kind}", logits(tuned, stored), stored["logits"], TOLERANCE)
        plain = dump(program, folder, clip, prompt, os.path.join(work, "off.safetensors"), "--without-bundled")
        results[f"{label}: {kind}"]["changes_logits_by"] = (plain["logits"] - stored["logits"]).abs().max().item()
        viva(program, "merge", "--model", folder, "--adapter", adapter, "--out", merged, "--dtype", "float32", "--json")
        compare(results, f"{label}: {kind}, merged", logits(open_model(merged, bundled=False), stored), stored["logits"], TOLERANCE_FOLDED)


def versions():
    return {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__,
            "peft": peft.__version__, "safetensors": safetensors.__version__}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--viva", required=True)
    parser.add_argument("--demo", required=True)
    parser.add_argument("--demo-clip", required=True)
    parser.add_argument("--demo-adapter", help="an adapter that a run of Viva Voce wrote for the demo model")
    parser.add_argument("--models", help="golden models, each with a peft-adapter")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as work:
        check(options.viva, "demo", options.demo, options.demo_clip, "what is the person doing", options.demo_adapter, results, work)
    for name in sorted(os.listdir(options.models)) if options.models else []:
        folder = os.path.join(options.models, name)
        if not os.path.exists(os.path.join(folder, "config.json")):
            continue
        with tempfile.TemporaryDirectory() as work:
            check(options.viva, name, folder, os.path.join(options.models, "clips", "chirp31.wav"), "transcribe the speech",
                  os.path.join(folder, "peft-adapter"), results, work)
            check_kinds(options.viva, name, folder, os.path.join(options.models, "clips", "chirp31.wav"), results, work)
    ok = all(entry["ok"] for entry in results.values())
    with open(options.out, "w") as file:
        json.dump({"versions": versions(), "ok": ok, "results": results}, file, indent=1)
        file.write("\n")
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
