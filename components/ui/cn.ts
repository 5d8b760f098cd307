/**
 * Joins class names. What a component looks like unless it is told otherwise stands in the layer `components` of
 * `app/globals.css`, over which every utility holds: two utilities that contradict each other are a mistake.
 */
export { clsx as cn } from 'clsx'
