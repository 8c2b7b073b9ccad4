package dev.leakproof.sample.peer;

import java.io.IOException;

/** The peer is well, but will not have this delivery; it may have the next. */
public class RejectedByPeerException extends IOException {

    private static final long serialVersionUID = 1L;

    RejectedByPeerException(String message) {
        super(message);
    }
}
