#!/usr/bin/env python3
"""Makes the witness: a project with four stopped runs, and what the same program did when it went on with them.

    make_witness.py VIVA OUT      VIVA: the program of commit 04e3073, started with VIVA_RESOURCES=/usr/share/vivavoce (its own resources)

OUT/Witness.viva is the project as it was left: grpo, mp_grpo and rl_sft stopped at step 3, sft killed behind step 4, two clips imported.
OUT/after.jsonl holds every curve, answer and evaluation of the steps that a copy did when it was resumed, and the machine it ran on;
OUT/after/ the adapters it ended with. A later program that goes on with Witness.viva must come to the same.
"""
import json, os, shutil, signal, sqlite3, subprocess, sys
from pathlib import Path

BASE = {
    "max_steps": 6, "prompts_per_step": 2, "num_generations": 4, "seed": 11, "max_completion_length": 10, "learning_rate": 0.002, "warmup_steps": 2,
    "beta": 0.02, "rewards": [{"name": "bleu", "weight": 0.7}, {"name": "rougeL", "weight": 0.3}],
    "lora": {"r": 2, "alpha": 4, "last_layers": 1, "target_modules": ["q_proj", "v_proj"]},
    "eval": {"eval_steps": 3, "max_items": 3, "final_max_items": 3, "passes": 1, "greedy": True},
    "save_steps": 3, "device": "cpu", "threads": 2, "data": {"manifest": "demo", "tasks": ["ast", "sqa"]}}
RUNS = {"grpo": {"objective": "grpo", "num_iterations": 2, "loss_type": "dapo"}, "mp_grpo": {"objective": "mp_grpo", "loss_type": "grpo"},
        "rl_sft": {"objective": "rl_sft", "scale_rewards": "batch"}, "sft": {"objective": "sft"}}


def machine():
    """What decides which kernels run."""
    facts = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    flags = set(facts.get("flags", "").split())
    return {"model": "/".join(facts.get(key, "") for key in ("vendor_id", "cpu family", "model", "stepping")),
            "flags": [flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile") if flag in flags]}


def stopped_runs(viva, project):
    for name, change in RUNS.items():
        Path("config.json").write_text(json.dumps(dict(BASE, **change, name=name)))
        run = subprocess.Popen([viva, "train", "--config", "config.json", "--project", project, "--json"], stdout=subprocess.PIPE, text=True)
        for line in run.stdout:
            if json.loads(line)["event"] == "checkpoint":
                run.send_signal(signal.SIGINT)
        run.wait()


def rows(project):
    database = sqlite3.connect(f"file:{project}/project.sqlite?mode=ro", uri=True)
    first = dict(database.execute("SELECT run, MIN(step) FROM metric WHERE run IN (SELECT id FROM run) GROUP BY run"))
    assert first
    for run, step, name, value in database.execute("SELECT run, step, name, value FROM metric WHERE step > 3 ORDER BY run, step, name"):
        if "timing" not in name and "time" not in name and "per_second" not in name and "memory" not in name:
            yield {"run": run, "step": step, "metric": name, "value": None if value is None else float(value).hex()}
    for run, step, group, position, text, reward, advantage, tokens in database.execute(
            "SELECT g.run, g.step, g.position, a.position, a.text, a.reward, a.advantage, a.tokens FROM answer a JOIN answer_group g ON g.id = a.answer_group "
            "WHERE g.step > 3 ORDER BY g.run, g.step, g.position, a.position"):
        yield {"run": run, "step": step, "group": group, "answer": position, "text": text, "reward": float(reward).hex(),
               "advantage": float(advantage).hex(), "tokens": tokens}
    for run, step, split, task, decoding, bleu, sentence, exact, items in database.execute(
            "SELECT run, step, split, task, decoding, corpus_bleu, mean_sentence_bleu, exact_match, items FROM evaluation ORDER BY run, step, split, task, decoding"):
        yield {"run": run, "step": step, "split": split, "task": task, "decoding": decoding, "bleu": float(bleu).hex(), "sentence_bleu": float(sentence).hex(),
               "exact_match": float(exact).hex(), "items": items}


def main():
    viva, out = os.path.abspath(sys.argv[1]), Path(sys.argv[2]).absolute()
    stopped_runs(viva, "Witness.viva")
    subprocess.run([viva, "import", "recordings", "--project", "Witness.viva", "--copy", "--quiet"], check=True)
    shutil.rmtree("After.viva", ignore_errors=True)
    shutil.copytree("Witness.viva", "After.viva")
    for run in range(1, len(RUNS) + 1):
        subprocess.run([viva, "train", "--project", "After.viva", "--resume", str(run), "--quiet"], check=True)
    (out / "after").mkdir(parents=True, exist_ok=True)
    shutil.copytree("Witness.viva", out / "Witness.viva", dirs_exist_ok=True)
    for run, name in enumerate(RUNS, 1):
        shutil.copy(f"After.viva/runs/{run:04}/checkpoints/step-000006/adapter_model.safetensors", out / "after" / f"{name}.safetensors")
    with open(out / "after.jsonl", "w", encoding="utf-8") as file:
        file.write(json.dumps({"provenance": "viva of commit 04e3073, LibTorch 2.11.0, make_witness.py", "machine": machine()}) + "\n")
        for row in rows("After.viva"):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
