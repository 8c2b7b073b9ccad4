package dev.leakproof.spring.actuate;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** A {@link ControlGuard} in a reactive web server. */
public final class ReactiveControlGuard implements WebFilter {

    private final ControlGuard guard;

    /** Creates a guard of the endpoint at {@code path}. */
    public ReactiveControlGuard(String path) {
        this.guard = new ControlGuard(path);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        HttpHeaders headers = request.getHeaders();
        int refusal = guard.refusal(
                request.getMethod().name(),
                request.getURI().getRawPath(),
                headers.getFirst(HttpHeaders.CONTENT_TYPE),
                headers.getOrigin(),
                headers.getFirst(HttpHeaders.HOST),
                request.getURI().getRawQuery());
        if (refusal == ControlGuard.NONE) {
            return chain.filter(exchange);
        }
        exchange.getResponse().setStatusCode(HttpStatusCode.valueOf(refusal));
        return exchange.getResponse().setComplete();
    }
}
