package dev.leakproof.spring.web;

import java.net.URI;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.PathSegment;

/**
 * Keeps web pages from controlling workers through the browser of somebody who may: a POST needs a body of JSON, which no
 * foreign page can send without being asked for its origin first, and is refused if its origin is another host.
 *
 * <p>Boot would also take the arguments of an operation from the query of an empty POST, of which browsers do not ask.
 */
final class ControlGuard {

    private static final int FORBIDDEN = 403;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;

    /** The status of no refusal. */
    static final int NONE = 0;

    private final String path;

    /** Creates a guard of the endpoint at {@code path}. */
    ControlGuard(String path) {
        this.path = path;
    }

    /** Returns the status of a refusal, or {@link #NONE}. */
    int refusal(
            String method,
            String requestPath,
            @Nullable String contentType,
            @Nullable String origin,
            @Nullable String host,
            @Nullable String query) {
        if (!method.equals("POST") || !(plain(requestPath) + "/").contains(path + "/")) {
            return NONE;
        }
        if (origin != null && !isSame(origin, host)) {
            return FORBIDDEN;
        }
        return isJson(contentType) && query == null ? NONE : UNSUPPORTED_MEDIA_TYPE;
    }

    /** As it will be matched: decoded, and without parameters. */
    private static String plain(String requestPath) {
        return PathContainer.parsePath(requestPath).elements().stream()
                .map(element -> element instanceof PathSegment segment ? segment.valueToMatch() : element.value())
                .collect(Collectors.joining());
    }

    private static boolean isJson(@Nullable String contentType) {
        try {
            return MediaType.parseMediaType(String.valueOf(contentType))
                    .getSubtype()
                    .endsWith("json");
        } catch (InvalidMediaTypeException notAType) {
            return false;
        }
    }

    private static boolean isSame(String origin, @Nullable String host) {
        try {
            return URI.create(origin).getAuthority() != null
                    && URI.create(origin).getAuthority().equalsIgnoreCase(host);
        } catch (IllegalArgumentException notAnOrigin) {
            return false;
        }
    }
}
