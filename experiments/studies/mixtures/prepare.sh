#!/usr/bin/env bash
# Makes the training sets of the study from fifteen domains in data/train, in data/mixtures/{clean,junk3,junk6,mispaired20,mispaired50}, and
# data/mixtures/clean_weights.json, equal shares of the clean domains: prepare.sh [SOURCE [TARGET]]. What is in the target is replaced.
set -euo pipefail
shopt -s nullglob
source=${1:-data/train} target=${2:-data/mixtures} tdro=${TDRO:-tdro}
sources=("$source"/*.jsonl.gz)
[[ ${#sources[@]} -gt 0 ]] || { echo "$source has no files *.jsonl.gz" >&2; exit 2; }
command -v "$tdro" > /dev/null || { echo "$tdro was not found; give TDRO=path/to/tools/tdro" >&2; exit 2; }
rm -rf "$target"/{clean,junk3,junk6,mispaired20,mispaired50,material,clean_weights.json}
mkdir -p "$target"/{clean,junk3,junk6,mispaired20,mispaired50,material}
domains=()
for file in "${sources[@]}"; do
    domain=$(basename "$file" .jsonl.gz)
    domains+=("$domain")
    # Odd rows are the domain, even rows the material of junk: none of its queries is in a clean domain.
    gzip -dc "$file" | awk 'NR % 2 == 1' > "$target/clean/$domain.jsonl"
    gzip -dc "$file" | awk 'NR % 2 == 0' > "$target/material/$domain.jsonl"
    for setting in junk3 junk6 mispaired20 mispaired50; do ln "$target/clean/$domain.jsonl" "$target/$setting/$domain.jsonl"; done
done
junk() { # junk OUTPUT DOMAIN KIND OPTION...
    "$tdro" data spoil "$target/material/$2.jsonl" --seed 1 --output "$target/junk6/$1.jsonl" --kind "${@:3}"
}
junk shuffled_agnews agnews shuffled
junk offtopic_medquad medquad off-topic --from "$target/material/movies.jsonl"
junk swapped_techdocs techdocs swapped
for domain in shuffled_agnews offtopic_medquad swapped_techdocs; do ln "$target/junk6/$domain.jsonl" "$target/junk3/"; done
junk shuffled_gesetze gesetze shuffled
junk offtopic_jaquad jaquad off-topic --from "$target/material/tldr_cmd.jsonl"
junk copies_poetry poetry copies --share 0.9
for domain in acl advisories drcd gsm8k wordset; do
    for percent in 20 50; do
        rm "$target/mispaired$percent/$domain.jsonl"
        "$tdro" data spoil "$target/clean/$domain.jsonl" --seed 1 --kind shuffled --share "0.$percent" --output "$target/mispaired$percent/$domain.jsonl"
    done
done
rm -r "$target/material"
weights=$(printf '"%s": 1, ' "${domains[@]}")
echo "{\"domain_weights\": {${weights%, }}}" > "$target/clean_weights.json"
