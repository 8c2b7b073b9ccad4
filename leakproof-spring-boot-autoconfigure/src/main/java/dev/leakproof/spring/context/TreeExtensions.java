package dev.leakproof.spring.context;

import dev.leakproof.Owner;
import dev.leakproof.RunObserver;
import dev.leakproof.TreeListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;

/** Adds each {@link TreeListener} and each {@link RunObserver} bean of a context to its tree, before that starts. */
public final class TreeExtensions implements SmartInitializingSingleton {

    private final ListableBeanFactory beanFactory;
    private final Owner root;

    /** Creates it for the beans of {@code beanFactory}, without those of a parent, which has a tree of its own. */
    public TreeExtensions(ListableBeanFactory beanFactory, Owner root) {
        this.beanFactory = beanFactory;
        this.root = root;
    }

    @Override
    public void afterSingletonsInstantiated() {
        each(TreeListener.class, root::addListener);
        each(RunObserver.class, root::addObserver);
    }

    private <T> void each(Class<T> type, Consumer<T> add) {
        List<T> beans =
                new ArrayList<>(beanFactory.getBeansOfType(type, false, true).values());
        AnnotationAwareOrderComparator.sort(beans);
        for (T bean : beans) {
            add.accept(bean);
        }
    }
}
