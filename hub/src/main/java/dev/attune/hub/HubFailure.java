package dev.attune.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// A request that did not go well, before it is known whether another attempt mends it.
///
/// Its message has no query of an address: that of a redirect may hold a secret.
final class HubFailure extends IOException {
    private static final long serialVersionUID = 1;

    /// What went wrong.
    enum Kind {
        UNKNOWN_HOST,
        UNREACHABLE,
        UNTRUSTED,
        CUT,
        STATUS,
        ODD_ANSWER
    }

    private final Kind kind;
    private final int status;
    private final String errorCode;
    private final String retryAfter;
    private final boolean fromEndpoint;

    private HubFailure(Kind kind, String message, Status answer) {
        super(message);
        this.kind = kind;
        this.status = answer.code;
        this.errorCode = answer.errorCode;
        this.retryAfter = answer.retryAfter;
        this.fromEndpoint = answer.fromEndpoint;
    }

    private record Status(int code, String errorCode, String retryAfter, boolean fromEndpoint) {
        static final Status NONE = new Status(0, "", "", true);
    }

    /// An answer that refuses.
    static HubFailure status(URI address, int code, HttpHeaders headers, boolean fromEndpoint) {
        var answer =
                new Status(
                        code,
                        headers.firstValue("X-Error-Code").orElse(""),
                        headers.firstValue("Retry-After").orElse(""),
                        fromEndpoint);
        return new HubFailure(Kind.STATUS, shown(address) + " answers " + code, answer);
    }

    /// A connection that ended before its answer did.
    static HubFailure cut(URI address, String how) {
        return new HubFailure(Kind.CUT, shown(address) + " " + how, Status.NONE);
    }

    /// An answer that makes no sense.
    static HubFailure odd(URI address, String how) {
        return new HubFailure(Kind.ODD_ANSWER, shown(address) + " " + how, Status.NONE);
    }

    /// What the HTTP client threw.
    static HubFailure of(URI address, IOException thrown) {
        Kind kind = kind(thrown);
        String how =
                switch (kind) {
                    case UNKNOWN_HOST -> "has an unknown host name";
                    case UNREACHABLE -> "does not answer";
                    case UNTRUSTED -> "cannot prove who it is: " + reason(thrown);
                    case CUT, STATUS, ODD_ANSWER -> "broke off";
                };
        var failure = new HubFailure(kind, shown(address) + " " + how, Status.NONE);
        failure.initCause(thrown);
        return failure;
    }

    private static Kind kind(IOException thrown) {
        boolean unknown =
                causes(thrown)
                        .anyMatch(e ->
                                e instanceof UnresolvedAddressException
                                        || e instanceof UnknownHostException);
        if (unknown) {
            return Kind.UNKNOWN_HOST;
        }
        if (causes(thrown)
                .anyMatch(e ->
                        e instanceof SSLHandshakeException
                                || e instanceof SSLPeerUnverifiedException)) {
            return Kind.UNTRUSTED;
        }
        return thrown instanceof ConnectException || thrown instanceof HttpTimeoutException
                ? Kind.UNREACHABLE
                : Kind.CUT;
    }

    private static String reason(IOException thrown) {
        return Objects.toString(causes(thrown).toList().getLast().getMessage(), "no reason given");
    }

    private static Stream<Throwable> causes(Throwable error) {
        return Stream.iterate(error, Objects::nonNull, Throwable::getCause);
    }

    /// Scheme, host and path: never the query, in which signed addresses carry their secret.
    private static String shown(URI address) {
        return address.getScheme() + "://" + address.getRawAuthority() + address.getRawPath();
    }

    Kind kind() {
        return kind;
    }

    int status() {
        return status;
    }

    /// The hub's own word for the refusal, such as `GatedRepo`; empty if it gave none.
    String errorCode() {
        return errorCode;
    }

    /// How long the hub asks to wait, in seconds or as a date; empty if it does not.
    String retryAfter() {
        return retryAfter;
    }

    /// Whether another attempt may go well. A link of a redirect may have run out, which a new
    /// redirect mends.
    boolean mayPass() {
        return switch (kind) {
            case UNREACHABLE, CUT -> true;
            case STATUS ->
                    status == 408
                            || status == 429
                            || status >= 500
                            || (!fromEndpoint && status == 403);
            case UNKNOWN_HOST, UNTRUSTED, ODD_ANSWER -> false;
        };
    }
}
