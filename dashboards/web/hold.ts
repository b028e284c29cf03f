// Holds a list still while somebody points at it or walks it by keyboard.
import { useSignal } from '@preact/signals';

/** Handlers for the list's element; `held` tells whether it should rest. */
export function useHold() {
  const pointed = useSignal(false);
  const focused = useSignal(false);
  return {
    held: pointed.value || focused.value,
    release: () => {
      pointed.value = false;
      focused.value = false;
    },
    handlers: {
      onPointerEnter: (event: PointerEvent) => {
        pointed.value = event.pointerType === 'mouse';
      },
      onPointerLeave: () => {
        pointed.value = false;
      },
      // Moving a focused element takes the focus away. A click's focus does not hold, or the list
      // would rest until the next click elsewhere.
      onFocusIn: (event: FocusEvent) => {
        focused.value = event.target instanceof Element && event.target.matches(':focus-visible');
      },
      onFocusOut: () => {
        focused.value = false;
      },
    },
  };
}
