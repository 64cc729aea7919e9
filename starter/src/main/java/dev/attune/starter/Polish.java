package dev.attune.starter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Mends what a template cannot know: the article before a word that was drawn, the capital at the
/// start of a sentence, and spaces that a left-out part leaves behind.
final class Polish {
    private static final Pattern ARTICLE = Pattern.compile("\\b([Aa])n? (?=([\\w'-]+))");
    private static final Pattern VOWEL =
            Pattern.compile(
                    "(?i)(?!(?:uni[cfqtv]|use|usu|euro|one\\b|once|u-))[aeiou].*|(?i:hour|honest).*|8.*|11|18");
    private static final Pattern START =
            Pattern.compile("(?:[.!?] |(?:^|\\n)(?:\\d+\\. |- |\")?|: \")([a-z])");

    /// A part that was left out stands first in a quotation or a line.
    private static final Pattern LEADING = Pattern.compile("(?<=\\n\"|\\n|^\"|: \") +");

    private static final Pattern SPACES =
            Pattern.compile(" *(?=[.,!?;:](?: |$)|\\n|\"\\n|\"$|$)|( ) +");

    private Polish() {}

    /// With articles that suit the next word, and single spaces.
    static String articles(String text) {
        Matcher article = ARTICLE.matcher(text);
        StringBuilder mended = new StringBuilder();
        while (article.find()) {
            boolean vowel = VOWEL.matcher(article.group(2)).matches();
            article.appendReplacement(mended, article.group(1) + (vowel ? "n " : " "));
        }
        return article.appendTail(mended).toString();
    }

    /// A text to be read: articles, capitals, spaces.
    static String sentences(String text) {
        String single = articles(SPACES.matcher(text).replaceAll("$1"));
        Matcher start = START.matcher(LEADING.matcher(single.strip()).replaceAll(""));
        StringBuilder mended = new StringBuilder();
        while (start.find()) {
            String whole = start.group();
            String upper = whole.substring(0, whole.length() - 1) + capital(start.group(1));
            start.appendReplacement(mended, Matcher.quoteReplacement(upper));
        }
        return start.appendTail(mended).toString();
    }

    /// With a capital first letter.
    static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
