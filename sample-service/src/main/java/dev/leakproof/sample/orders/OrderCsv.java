package dev.leakproof.sample.orders;

import jakarta.validation.Validator;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/** Reads an order from one line of CSV, to the same rules as from JSON. An order has no line breaks, so nor has its line. */
@Component
class OrderCsv {

    static final String HEADER = "id,customer,sku,quantity";

    private static final ObjectReader reader = CsvMapper.builder()
            .enable(CsvReadFeature.EMPTY_STRING_AS_NULL)
            .enable(CsvReadFeature.TRIM_SPACES)
            .build()
            .readerFor(OrderRequest.class)
            .with(CsvSchema.builder()
                    .addColumn("id")
                    .addColumn("customer")
                    .addColumn("sku")
                    .addColumn("quantity")
                    .build());

    private final Validator validator;

    OrderCsv(Validator validator) {
        this.validator = validator;
    }

    /**
     * Returns the order.
     *
     * @throws IllegalArgumentException if it is none; the message says why
     */
    Order read(String line) {
        OrderRequest request;
        try {
            request = reader.readValue(line);
        } catch (DatabindException e) {
            throw new IllegalArgumentException(
                    e.getPath().isEmpty() ? "is not " + HEADER : "quantity must be a number", e);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("is not " + HEADER, e);
        }
        String errors = validator.validate(request).stream()
                .map(violation -> violation.getPropertyPath() + " " + violation.getMessage())
                .sorted()
                .collect(Collectors.joining(", "));
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(errors);
        }
        return request.toOrder();
    }
}
