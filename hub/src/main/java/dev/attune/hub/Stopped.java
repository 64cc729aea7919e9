package dev.attune.hub;

/// Thrown where a download is asked to stop.
final class Stopped extends InterruptedException {
    private static final long serialVersionUID = 1;

    static void ifAskedBy(PullListener listener) throws Stopped {
        if (listener.cancelled()) {
            throw new Stopped();
        }
    }
}
