package dev.leakproof.spring.actuate;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** A {@link ControlGuard} in a servlet container. */
public final class ServletControlGuard extends OncePerRequestFilter {

    private final ControlGuard guard;

    /** Creates a guard of the endpoint at {@code path}. */
    public ServletControlGuard(String path) {
        this.guard = new ControlGuard(path);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        int refusal = guard.refusal(
                request.getMethod(),
                request.getRequestURI(),
                request.getContentType(),
                request.getHeader(HttpHeaders.ORIGIN),
                request.getHeader(HttpHeaders.HOST),
                request.getQueryString());
        if (refusal == ControlGuard.NONE) {
            chain.doFilter(request, response);
        } else {
            response.sendError(refusal);
        }
    }
}
