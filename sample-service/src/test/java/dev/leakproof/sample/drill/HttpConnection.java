package dev.leakproof.sample.drill;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * One connection to a server on this machine, for one thread. It repeats nothing by itself, as the JDK's clients do: what
 * fails is seen to fail.
 */
final class HttpConnection implements AutoCloseable {

    private final Socket socket = new Socket();
    private final InputStream in;
    private final Duration timeout;
    private boolean open = true;

    HttpConnection(int port, Duration timeout) throws IOException {
        this.timeout = timeout;
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) timeout.toMillis());
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** An answer. */
    record Answer(int status, String body) {}

    Answer get(String path) throws IOException {
        return send("GET " + path, "");
    }

    Answer post(String path, String json) throws IOException {
        return send("POST " + path, json);
    }

    /** Returns whether it can be used again: a pool, too, looks if the server has closed a connection before it gives it out. */
    boolean isOpen() {
        if (!open) {
            return false;
        }
        try {
            socket.setSoTimeout(1);
            in.read(); // the end, or what nobody asked for
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            // a reset
        }
        open = false;
        return false;
    }

    private Answer send(String what, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        String head = what + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + bytes.length + "\r\n\r\n";
        byte[] message = (head + body).getBytes(UTF_8);
        socket.setSoTimeout((int) timeout.toMillis());
        socket.getOutputStream().write(message);
        String status = line();
        int length = 0;
        boolean chunked = false;
        for (String header = line().toLowerCase(); !header.isEmpty(); header = line().toLowerCase()) {
            String value = header.substring(header.indexOf(':') + 1).strip();
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(value);
            } else if (header.startsWith("transfer-encoding:")) {
                chunked = value.equals("chunked");
            } else if (header.startsWith("connection:") && value.equals("close")) {
                open = false;
            }
        }
        String answer = chunked ? chunks() : new String(in.readNBytes(length), UTF_8);
        return new Answer(Integer.parseInt(status.split(" ")[1]), answer);
    }

    private String chunks() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int size = size(); size > 0; size = size()) {
            all.append(new String(in.readNBytes(size), UTF_8));
            line();
        }
        line();
        return all.toString();
    }

    private int size() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = in.read(); read != '\n'; read = in.read()) {
            if (read == -1) {
                throw new EOFException("closed by the server");
            }
            line.append(new String(new byte[] {(byte) read}, ISO_8859_1));
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, whatever became of it.
        }
    }
}
