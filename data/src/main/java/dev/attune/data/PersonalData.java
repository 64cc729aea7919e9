package dev.attune.data;

import dev.attune.text.Span;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a text holds of persons and secrets: e-mail addresses, phone numbers, payment cards (Luhn),
/// IBANs (ISO 7064, mod 97-10), keys of services and private keys.
///
/// Documentation's own examples (`example.com`, 555 numbers, 4111 1111 1111 1111) are found as any
/// other: in a training set they look the same to whoever reads the model's answers.
public final class PersonalData {
    /// Visa, Mastercard, American Express, Diners, JCB, Discover and UnionPay.
    private static final Pattern NETWORKS =
            Pattern.compile(
                    "4\\d{12}(?:\\d{3})?(?:\\d{3})?|5[1-5]\\d{14}|2[2-7]\\d{14}|3[47]\\d{13}"
                        + "|3(?:0[0-5]|[68]\\d)\\d{11}|35\\d{14}|6(?:011|5\\d\\d|4[4-9]\\d)\\d{12}"
                        + "|62\\d{14,17}");

    private PersonalData() {}

    /// A kind of personal data.
    public enum Kind {
        /// A PEM block.
        PRIVATE_KEY("-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----[\\s\\S]{0,8000}?(?:-----END|\\z)"),
        /// A key whose form tells the service: AWS, GitHub, Slack, Google, OpenAI, Stripe, Hugging
        /// Face, a JSON web token; or a long value given to a name such as api_key.
        API_KEY(
                "\\b(?:AKIA|ASIA)[0-9A-Z]{16}\\b|\\bgh[pousr]_[A-Za-z0-9]{36,}\\b"
                    + "|\\bgithub_pat_[A-Za-z0-9_]{22,}\\b|\\bxox[abprs]-[A-Za-z0-9-]{10,}"
                    + "|\\bAIza[0-9A-Za-z_-]{35}|\\bsk-[A-Za-z0-9_-]{20,}"
                    + "|\\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}\\b|\\bhf_[A-Za-z0-9]{30,}\\b"
                    + "|\\bglpat-[A-Za-z0-9_-]{20,}"
                    + "|\\beyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}"
                    + "|(?i:(?:api[_-]?key|secret|access[_-]?token|password|passwd)[\"']?\\s{0,3}[:=]\\s{0,3}[\"']?)"
                    + "(?=[A-Za-z0-9+/_-]*\\d)[A-Za-z0-9+/_-]{16,}"),
        /// An e-mail address.
        EMAIL(
                "(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\\.){1,8}[A-Za-z]{2,24}\\b"),
        /// An international bank account number.
        IBAN("\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\\b"),
        /// A payment card's number.
        CARD("(?<![\\d.+-])(?:\\d[ -]?){12,18}\\d(?![\\d])"),
        /// A phone number.
        PHONE(
                "(?<![\\w.+-])(?:\\+\\d{1,3}[ .-]?(?:\\(\\d{1,4}\\)[ .-]?)?\\d{1,5}(?:["
                        + " .-]?\\d{2,5}){1,4}|\\(\\d{3}\\) ?\\d{3}["
                        + " .-]\\d{4}|\\d{3}[.-]\\d{3}[.-]\\d{4}|0\\d{2,4}[ /-]\\d{3,4}["
                        + " -]?\\d{3,5})(?![\\w-]|\\.\\d)");

        private final Pattern pattern;

        Kind(String pattern) {
            this.pattern = Pattern.compile(pattern);
        }

        /// What stands in its place once it is redacted: `[EMAIL]`.
        public String placeholder() {
            return "[" + name() + "]";
        }

        /// As reports call it.
        public String told() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /// A piece of a text.
    public record Found(Kind kind, Span span) {}

    /// All pieces, in their order; of two that overlap the one of the kind named first.
    public static List<Found> in(String text) {
        List<Found> found = new ArrayList<>();
        if (!mayHold(text)) {
            return found;
        }
        for (Kind kind : Kind.values()) {
            Matcher matcher = kind.pattern.matcher(text);
            while (matcher.find()) {
                Span span = new Span(matcher.start(), matcher.end());
                boolean free =
                        found.stream().noneMatch(f -> f.span.overlaps(span.from(), span.to()));
                if (free && isValid(kind, matcher.group(), text, span)) {
                    found.add(new Found(kind, span));
                }
            }
        }
        found.sort(Comparator.comparingInt(f -> f.span.from()));
        return found;
    }

    /// The text with each piece replaced by its kind's placeholder.
    public static String redacted(String text) {
        List<Found> found = in(text);
        if (found.isEmpty()) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (Found piece : found) {
            out.append(text, from, piece.span.from()).append(piece.kind.placeholder());
            from = piece.span.to();
        }
        return out.append(text, from, text.length()).toString();
    }

    /// Whether a text has an at sign, a long run of digits, or what a key has.
    private static boolean mayHold(String text) {
        int digits = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '@') {
                return true;
            }
            if (c >= '0' && c <= '9') {
                if (++digits >= 7) {
                    return true;
                }
            } else if (c != ' ' && c != '-' && c != '.' && c != '/' && c != '(' && c != ')') {
                digits = 0;
            }
            run = c > ' ' && c < 127 ? run + 1 : 0;
            if (run >= 20) {
                return true;
            }
        }
        return text.contains("-----BEGIN");
    }

    private static boolean isValid(Kind kind, String piece, String text, Span span) {
        return switch (kind) {
            case PRIVATE_KEY, API_KEY, EMAIL -> true;
            case IBAN -> isIban(piece.replace(" ", ""));
            case CARD -> isCard(piece.replaceAll("[ -]", ""));
            case PHONE -> isPhone(piece, text, span);
        };
    }

    private static boolean isPhone(String piece, String text, Span span) {
        long digits = piece.chars().filter(Character::isDigit).count();
        // A sum, a formula or a range of years is no phone number.
        boolean counted = span.from() > 0 && "$€£=#*/".indexOf(text.charAt(span.from() - 1)) >= 0;
        boolean marked = piece.startsWith("+") || piece.startsWith("(");
        return digits >= 9 && digits <= 15 && !counted && (marked || !isWithinNumber(text, span));
    }

    /// Whether groups of digits stand around it, of which it would be a part.
    private static boolean isWithinNumber(String text, Span span) {
        int before = span.from() - 2;
        int after = span.to() + 1;
        return (before >= 0
                        && text.charAt(before + 1) == ' '
                        && Character.isDigit(text.charAt(before)))
                || (after < text.length()
                        && text.charAt(after - 1) == ' '
                        && Character.isDigit(text.charAt(after)));
    }

    /// The Luhn check, for numbers with the first digits and the length of a card network's.
    static boolean isCard(String digits) {
        if (!NETWORKS.matcher(digits).matches()) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int value = i % 2 == 0 ? digit : digit * 2;
            sum += value > 9 ? value - 9 : value;
        }
        return sum % 10 == 0;
    }

    /// Whether the number with its first four characters put last leaves 1 when divided by 97.
    static boolean isIban(String iban) {
        if (iban.length() < 15 || iban.length() > 34) {
            return false;
        }
        StringBuilder digits = new StringBuilder();
        String turned = iban.substring(4) + iban.substring(0, 4);
        turned.chars().forEach(c -> digits.append(Character.digit(c, 36)));
        return new BigInteger(digits.toString()).mod(BigInteger.valueOf(97)).intValue() == 1;
    }
}
