# SPDX-License-Identifier: Apache-2.0
"""Compares a LoRA adapter of edgeeval-train as PEFT reads it with the GGUF that edgeeval-model merges it into.

Both sides start from the same GGUF. Transformers widens its weights to float32 and PEFT adds the adapter unmerged;
edgeeval-model merges into an F32 GGUF, which llama.cpp evaluates. No quantization is left, so what may differ is the order of
float32 sums over 30 layers. Stated tolerance: absolute difference of logits at most 0.002, the same top token at 99 % of the
positions or more. The adapter itself must move the logits by more than ten times the tolerance, or nothing is shown."""
import argparse
import array
import json
import subprocess
import sys
from pathlib import Path

TOLERANCE = 0.002
TOP1 = 0.99
TEXT = ("The boiler manual asks for a pressure between 1.2 and 1.8 bar. If the gauge shows less, open the filling valve "
        "slowly, wait until the needle stands at 1.5 bar, close the valve and note the date in the service log. "
        "Question: at which pressure should the valve be closed? Answer: at 1.5 bar.")


def training_items():
    """A few conversations whose answers a short training can learn."""
    for number in range(24):
        question = f"Room {number} is on floor {number % 5}. On which floor is room {number}?"
        yield {"id": f"room-{number}", "messages": [{"role": "user", "content": question}], "answer": f"floor {number % 5}"}


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"peft_check: {' '.join(map(str, command))} ended with {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def peer_logits(model, adapter, tokens):
    """Logits of the base, and of the base with the adapter, one row a position."""
    import peft
    import torch
    import transformers
    base = transformers.AutoModelForCausalLM.from_pretrained(str(model.parent), gguf_file=model.name, dtype=torch.float32)
    base.eval()
    versions = {"peft": peft.__version__, "transformers": transformers.__version__, "torch": torch.__version__}
    with torch.no_grad():
        ids = torch.tensor([tokens])
        plain = base(ids).logits[0].float().numpy()
        adapted = peft.PeftModel.from_pretrained(base, str(adapter))
        loaded = sum("lora_" in name for name, _ in adapted.named_parameters())
        adapted.eval()
        return plain, adapted(ids).logits[0].float().numpy(), loaded, versions


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--model", type=Path, required=True, help="base model, GGUF")
    options.add_argument("--bin", type=Path, required=True, help="folder of edgeeval-train and edgeeval-model")
    options.add_argument("--work", type=Path, required=True, help="folder for what is made")
    options.add_argument("--adapter", type=Path, help="check this adapter; default: train one")
    options.add_argument("--method", default="lora", choices=["lora", "qlora"])
    given = options.parse_args()
    import numpy
    model_tool = given.bin / "edgeeval-model"
    adapter, merged, logits_file = given.adapter, given.work / "merged.f32.gguf", given.work / "merged.f32"
    if adapter is None:
        adapter, items, data = given.work / "adapter", given.work / "items.jsonl", given.work / "tokens.jsonl"
        items.write_text("".join(json.dumps(item) + "\n" for item in training_items()))
        run([model_tool, "tokenize", "--model", given.model, "--items", items, "--out", data])
        run([given.bin / "edgeeval-train", "adapt", "--model", given.model, "--data", data, "--out", adapter,
             "--method", given.method, "--steps", "12"])
    run([model_tool, "merge", "--model", given.model, "--adapter", adapter, "--out", merged, "--type", "f32"])
    tokens = json.loads(run([model_tool, "tokenize", "--model", given.model, "--text", TEXT]).splitlines()[-1])["tokens"]
    run([model_tool, "logits", "--model", merged, "--tokens", ",".join(map(str, tokens)), "--out", logits_file])

    plain, theirs, loaded, versions = peer_logits(given.model, adapter, tokens)
    values = array.array("f", logits_file.read_bytes())
    ours = numpy.array(values, dtype=numpy.float32).reshape(theirs.shape)
    difference = float(numpy.abs(ours - theirs).max())
    effect = float(numpy.abs(theirs - plain).max())
    top1 = float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())
    good = difference <= TOLERANCE and top1 >= TOP1 and effect > 10 * TOLERANCE
    print(json.dumps({"agrees": good, "max_abs_logit_difference": difference, "tolerance": TOLERANCE, "same_top_token": top1,
                      "adapter_moves_logits_by": effect, "positions": len(tokens), "lora_tensors_loaded": loaded,
                      "method": given.method, "versions": versions}, indent=2))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
