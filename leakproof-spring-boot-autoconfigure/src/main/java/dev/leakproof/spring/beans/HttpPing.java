package dev.leakproof.spring.beans;

import dev.leakproof.WorkerBody;
import dev.leakproof.WorkerContext;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/**
 * One beat: a GET, which has failed unless the answer is a success or a redirection. The body of the answer is not read.
 *
 * <p>It uses the JDK's older client on purpose: that does its work on the calling thread, which has an owner. The newer one
 * has threads of its own, which on JDK 17 nobody can close. Reading does not end by an interrupt; the end of the
 * connection frees it. Each beat has a connection of its own, and asks for its end; a server that gives an empty answer and
 * does not confirm that, as it should, leaves the JDK's timer of idle connections behind for some seconds.
 */
public final class HttpPing implements WorkerBody {

    /** Connecting cannot be interrupted, and a stop waits for it. */
    private static final int LONGEST_CONNECT_MILLIS = 3_000;

    private final URI url;
    private final int timeoutMillis;

    /**
     * Creates a ping.
     *
     * @param url an http or https one
     * @param timeout for connecting, of at most 3 seconds, and for each wait for an answer
     */
    public HttpPing(URI url, Duration timeout) {
        this.url = url;
        this.timeoutMillis = (int) Math.max(1, Math.min(timeout.toMillis(), Integer.MAX_VALUE));
    }

    @Override
    public void run(WorkerContext ctx) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        connection.setConnectTimeout(Math.min(timeoutMillis, LONGEST_CONNECT_MILLIS));
        connection.setReadTimeout(timeoutMillis);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Connection", "close"); // or it would be kept, and a thread with it
        connection.setRequestProperty("User-Agent", "leakproof");
        try {
            int status = ctx.interruptibly(connection::getResponseCode, connection::disconnect);
            if (status < 200 || status >= 400) {
                throw new IOException("The answer has the status " + status);
            }
        } finally {
            connection.disconnect();
        }
    }
}
