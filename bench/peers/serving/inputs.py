# SPDX-License-Identifier: Apache-2.0
"""What every client is given: prompts, and a tokenizer that counts words.

The mock server's tokens are words between white space. Clients that insist on a tokenizer get one that counts the same,
written here, so that nothing is fetched from a model hub."""
import json
import pathlib

WORDS = ("the of and to in is that it was for on are with as they at be this from have or by one had not but what all were "
         "when we there can an your which their said if do will each about how up out them then she many some so").split()
SPECIAL = ("[UNK]", "[PAD]", "<s>", "</s>")


def write_prompts(path: pathlib.Path, count: int, key: str = "prompt", length: int = 8) -> None:
    """JSON lines with a prompt under `key`; each differs from its first word on."""
    with open(path, "w", encoding="utf-8") as out:
        for number in range(count):
            words = [WORDS[(number + i * (1 + number // len(WORDS))) % len(WORDS)] for i in range(length - 1)]
            text = " ".join([f"p{number}", *words])
            out.write(json.dumps({key: text}) + "\n")


def write_tokenizer(folder: pathlib.Path) -> None:
    """A folder that transformers and the tokenizers library load by its path."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {word: number for number, word in enumerate((*SPECIAL, *dict.fromkeys(WORDS)))}
    added = [{"id": vocabulary[name], "content": name, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for name in SPECIAL]
    files = {
        "tokenizer.json": {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
            "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None,
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": SPECIAL[0]}},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "unk_token": SPECIAL[0], "pad_token": SPECIAL[1],
            "bos_token": SPECIAL[2], "eos_token": SPECIAL[3], "model_max_length": 8192,
            "chat_template": "{% for message in messages %}{{ message.content }} {% endfor %}"},
        "config.json": {
            "model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": len(vocabulary),
            "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 64,
            "max_position_embeddings": 8192},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


def write_hub(home: pathlib.Path, tokenizer: pathlib.Path) -> str:
    """A hub cache in `home` that holds the tokenizer, for AIPerf, which takes no path. Returns its name there."""
    snapshot = home / "hub" / "models--local--words" / "snapshots" / "0"
    snapshot.mkdir(parents=True, exist_ok=True)
    references = home / "hub" / "models--local--words" / "refs"
    references.mkdir(exist_ok=True)
    (references / "main").write_text("0", encoding="utf-8")
    for file in tokenizer.iterdir():
        (snapshot / file.name).write_bytes(file.read_bytes())
    return "local/words"
