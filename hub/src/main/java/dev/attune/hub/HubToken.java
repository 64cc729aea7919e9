package dev.attune.hub;

import dev.attune.base.AttuneException;

import java.util.regex.Pattern;

/// The user's access token. Its text never appears in messages: [#toString] hides it.
public final class HubToken {
    private static final Pattern VISIBLE = Pattern.compile("[!-~]+");

    private final String text;

    private HubToken(String text) {
        this.text = text;
    }

    /// A token, stripped of white space around it.
    ///
    /// @param source where it was found, for the error: `HF_TOKEN`
    /// @throws AttuneException if it has characters that no header may have
    public static HubToken of(String text, String source) {
        String stripped = text.strip();
        if (!VISIBLE.matcher(stripped).matches()) {
            throw AttuneException.user("The token of the hub is empty or has odd characters.")
                    .at(source)
                    .fix("Copy it again from the settings page of your account on the hub.");
        }
        return new HubToken(stripped);
    }

    /// The value of the header that carries it.
    String authorization() {
        return "Bearer " + text;
    }

    @Override
    public String toString() {
        return "(hidden)";
    }
}
