"""The embedded language model: a small decoder run by ONNX Runtime on one thread, without torch.

    from shopwright.models.language.engine import EmbeddedLanguageModel

`engine` is the way in; `session` runs the graph, `cache` keeps prefixes, `vocabulary` and `chat` turn text into tokens,
`sampling` picks tokens, `grammar` restricts them, `decoding` and `beam` are the two loops.
"""
