package dev.attune.generate;

/// Hears of each token as it is chosen, on the thread that generates.
@FunctionalInterface
public interface TokenListener {
    /// Takes a token.
    ///
    /// @param request the index of the request it belongs to
    /// @param token the token; one that ends the text included
    /// @return whether to go on with this request
    boolean accept(int request, GeneratedToken token);
}
