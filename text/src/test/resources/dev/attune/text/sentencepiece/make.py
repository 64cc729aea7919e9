"""Trains the small SentencePiece models of this folder and writes what they make of some texts.

Made with sentencepiece 0.2.2 on the reference data's tokenizers/bpe-training/corpus.en (argument 1).
"""

import json
import os
import sys

import sentencepiece as spm

HERE = os.path.dirname(os.path.abspath(__file__))
RULES = os.path.join(HERE, "rules.tsv")
TEXTS = [
    "", " ", "the steel casting process", "  two  spaces   and three ", "naïve ﬁne Ａ", "日本 🦙",
    "iron\tcement\n\n", "a[SEP]b", "[SEP]", "x [SEP]  y", "<s>the</s>", "prices: 12,345.67 !",
    "the the the", "▁the ▁▁", "zzzz qqqq", "<0x41>", "ÄÖÜ äöü ß",
]

with open(RULES, "w") as rules:
    for src, dst in [("FB01", "66 69"), ("FF21", "41"), ("9", "20"), ("A", "20"), ("E4", "61 65")]:
        rules.write(f"{src}\t{dst}\n")

MODELS = {
    "unigram": dict(model_type="unigram", byte_fallback=True),
    "unigram-unk": dict(model_type="unigram", add_dummy_prefix=False, user_defined_symbols="[SEP]"),
    "bpe": dict(model_type="bpe", byte_fallback=True),
    "bpe-user": dict(model_type="bpe", byte_fallback=True, add_dummy_prefix=False,
                     remove_extra_whitespaces=False, user_defined_symbols="[SEP]"),
}
expected = {}
for name, options in MODELS.items():
    spm.SentencePieceTrainer.train(
        input=sys.argv[1], model_prefix=os.path.join(HERE, name), vocab_size=500,
        normalization_rule_tsv=RULES, num_threads=1, minloglevel=2, **options)
    os.remove(os.path.join(HERE, name + ".vocab"))
    model = spm.SentencePieceProcessor(model_file=os.path.join(HERE, name + ".model"))
    expected[name] = [
        {"text": text, "ids": model.encode(text), "decoded": model.decode(model.encode(text))}
        for text in TEXTS
    ]
with open(os.path.join(HERE, "expected.json"), "w") as out:
    json.dump(expected, out, ensure_ascii=True, indent=0)
os.remove(RULES)
