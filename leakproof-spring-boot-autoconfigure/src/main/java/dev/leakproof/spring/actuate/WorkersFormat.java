package dev.leakproof.spring.actuate;

import org.springframework.boot.actuate.endpoint.Producible;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/** What the endpoint can answer with; JSON unless asked otherwise. */
public enum WorkersFormat implements Producible<WorkersFormat> {
    /** The tree, drawn for people. */
    TEXT("text/plain;charset=UTF-8"),
    /** JSON in the actuator's own media type. */
    ACTUATOR_JSON("application/vnd.spring-boot.actuator.v3+json"),
    /** Plain JSON. */
    JSON(MimeTypeUtils.APPLICATION_JSON_VALUE) {
        @Override
        public boolean isDefault() {
            return true;
        }
    };

    private final String mimeType;

    WorkersFormat(String mimeType) {
        this.mimeType = mimeType;
    }

    @Override
    public MimeType getProducedMimeType() {
        return MimeTypeUtils.parseMimeType(mimeType); // which caches
    }
}
