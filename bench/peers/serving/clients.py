# SPDX-License-Identifier: Apache-2.0
"""The clients side by side: how each is told to make one load, and where it leaves what it found."""
import dataclasses
import json
import pathlib

import readings


@dataclasses.dataclass
class Load:
    """`streams` requests, all in flight at once, of `tokens` tokens each, sent to `url`."""
    url: str
    streams: int
    tokens: int
    folder: pathlib.Path  # of this run
    prompts: pathlib.Path
    tokenizer: pathlib.Path
    hub: pathlib.Path  # a hub cache with the tokenizer in it
    hub_name: str


def json_of(path: pathlib.Path) -> dict:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


class EdgeEval:
    """`edgeeval bench`, the program of this checkout."""
    name = "edgeeval"

    def __init__(self, program):
        self.program = pathlib.Path(program)

    def command(self, load: Load):
        return [self.program, "bench", "--url", load.url, "--scenario", f"closed:{load.streams}", "-n", load.streams,
                "--max-tokens", load.tokens, "--prompts", load.prompts, "--prefix-cache", "allow", "--warmup", "0",
                "--out", load.folder / "record", "--no-energy", "--no-scrape", "--allow-invalid", "--quiet",
                "-o", f"json:{load.folder / 'report.json'}"], {}

    def read(self, load: Load, clock_offset_ns: int) -> readings.Reading:
        return readings.edgeeval(json_of(load.folder / "report.json"), _timelines(self.program, load.folder))


def _timelines(program, folder: pathlib.Path):
    """The raw stamps as JSON lines, written from the record after the load, so that their cost is not the client's."""
    import subprocess  # pylint: disable=import-outside-toplevel
    raw = folder / "raw.jsonl"
    subprocess.run([str(program), "report", str(folder / "record"), "-o", f"jsonl:{raw}"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return open(raw, encoding="utf-8")


class VllmRust:
    """`vllm-rs bench serve`, the binary of the vllm wheel."""
    name = "vllm-rs"
    relative_stamps = True

    def __init__(self, folder):
        self.start = [pathlib.Path(folder) / "vllm-rs", "bench", "serve"]
        self.environment = {}

    def command(self, load: Load):
        return [*self.start, "--backend", "openai-chat", "--base-url", load.url, "--endpoint", "/v1/chat/completions",
                "--model", "mock", "--tokenizer", load.tokenizer, "--dataset-name", "custom", "--dataset-path", load.prompts,
                "--custom-output-len", load.tokens, "--num-prompts", load.streams, "--max-concurrency", load.streams,
                "--ignore-eos", "--save-result", "--save-detailed", "--result-dir", load.folder, "--result-filename",
                "result.json", "--percentile-metrics", "ttft,itl", "--metric-percentiles", "50,99", "--disable-tqdm",
                ], self.environment

    def read(self, load: Load, clock_offset_ns: int) -> readings.Reading:
        return readings.vllm(json_of(load.folder / "result.json"), self.relative_stamps)


class VllmPython(VllmRust):
    """`vllm bench serve`, the Python client."""
    name = "vllm-python"
    relative_stamps = False

    def __init__(self, folder):
        super().__init__(folder)
        self.start = [pathlib.Path(folder) / "bin" / "python", "-m", "vllm.entrypoints.cli.main", "bench", "serve"]
        # Without a GPU vLLM would look for a platform; the load generator needs none.
        self.environment = {"VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1", "VLLM_LOGGING_LEVEL": "ERROR"}


class AiPerf:
    """`aiperf profile`."""
    name = "aiperf"

    def __init__(self, folder):
        self.program = pathlib.Path(folder) / "bin" / "aiperf"

    def command(self, load: Load):
        return [self.program, "profile", "--model", "mock", "--url", load.url, "--endpoint-type", "chat", "--endpoint",
                "/v1/chat/completions", "--streaming", "--input-file", load.folder / "texts.jsonl", "--custom-dataset-type", "single_turn",
                "--request-count", load.streams, "--concurrency", load.streams, "--extra-inputs", f"max_tokens:{load.tokens}",
                "--extra-inputs", "ignore_eos:true", "--tokenizer", load.hub_name, "--use-server-token-count",
                "--export-level", "raw", "--artifact-dir", load.folder / "out", "--ui", "none",
                ], {"HF_HOME": str(load.hub), "HF_HUB_OFFLINE": "1"}

    def read(self, load: Load, clock_offset_ns: int) -> readings.Reading:
        with open(load.folder / "out" / "profile_export_raw.jsonl", encoding="utf-8") as lines:
            return readings.aiperf(json_of(load.folder / "out" / "profile_export_aiperf.json"), lines)


class GuideLlm:
    """`guidellm run`."""
    name = "guidellm"

    def __init__(self, folder):
        self.program = pathlib.Path(folder) / "bin" / "guidellm"

    def command(self, load: Load):
        body = json.dumps({"body": {"ignore_eos": True}}, separators=(",", ":"))
        backend = f"kind=openai_http,target={load.url},model=mock,http2=false,max_tokens={load.tokens},extras={body}"
        return [self.program, "run", "--backend", backend, "--profile", f"kind=concurrent,streams={load.streams}",
                "--constraint", f"kind=max_requests,count={load.streams}", "--tokenizer",
                f"kind=hf_auto,model={load.tokenizer}", "--data", f"kind=json_file,path={load.prompts}", "--output",
                f"kind=json,path={load.folder / 'result.json'}", "--disable-console",
                ], {"HF_HUB_OFFLINE": "1", "HF_HOME": str(load.hub)}

    def read(self, load: Load, clock_offset_ns: int) -> readings.Reading:
        return readings.guidellm(json_of(load.folder / "result.json"), load.tokens, clock_offset_ns)


PEERS = {peer.name: peer for peer in (VllmRust, VllmPython, AiPerf, GuideLlm)}
