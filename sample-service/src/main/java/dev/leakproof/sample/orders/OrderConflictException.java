package dev.leakproof.sample.orders;

import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;

/** An id was used again for a different order. */
class OrderConflictException extends ErrorResponseException {

    private static final long serialVersionUID = 1L;

    OrderConflictException(String id) {
        super(HttpStatus.CONFLICT);
        setDetail("There is a different order with the id " + id);
    }
}
