package dev.attune.text;

import java.util.List;

/// The words of a template, read one after the other; and how deep the reader has gone.
final class JinjaWords {
    /// Nesting that no template of a person reaches, and that a thread's stack bears.
    static final int MAX_DEPTH = 150;

    private final List<JinjaToken> tokens;
    private int next;
    private int depth;

    JinjaWords(List<JinjaToken> tokens) {
        this.tokens = tokens;
    }

    /// The word that comes next.
    JinjaToken peek() {
        return tokens.get(next);
    }

    /// The word after the next.
    JinjaToken peekSecond() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    /// How many words were taken.
    int position() {
        return next;
    }

    /// Takes the next word.
    JinjaToken take() {
        JinjaToken token = tokens.get(next);
        if (token.kind() != JinjaToken.Kind.END) {
            next++;
        }
        return token;
    }

    /// Takes the next word if it is the operator.
    boolean skipOperator(String operator) {
        if (peek().isOperator(operator)) {
            next++;
            return true;
        }
        return false;
    }

    /// Takes the next word if it is the name.
    boolean skipName(String name) {
        if (peek().isName(name)) {
            next++;
            return true;
        }
        return false;
    }

    /// Takes an operator that must be there.
    JinjaToken operator(String operator) {
        if (!peek().isOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
        return take();
    }

    /// Takes a word of a kind that must be there.
    JinjaToken require(JinjaToken.Kind kind, String what) {
        if (peek().kind() != kind) {
            throw unexpected(what);
        }
        return take();
    }

    /// The error of a word that does not fit.
    TemplateFault unexpected(String expected) {
        return TemplateFault.syntax(
                "expected " + expected + ", found " + peek().described(), peek().at());
    }

    /// Goes one level deeper.
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw TemplateFault.syntax("nested deeper than " + MAX_DEPTH + " levels", peek().at());
        }
    }

    /// Comes back.
    void leave() {
        depth--;
    }
}
