package dev.leakproof.spring.autoconfigure;

import dev.leakproof.jfr.FlightRecorderListener;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for events of the Flight Recorder, where the JVM has it: a runtime made by jlink may not. */
@AutoConfiguration(after = LeakproofAutoConfiguration.class)
@ConditionalOnClass(name = "jdk.jfr.Event")
public final class WorkersFlightRecorderAutoConfiguration {

    WorkersFlightRecorderAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    FlightRecorderListener leakproofFlightRecorderListener() {
        return new FlightRecorderListener();
    }
}
