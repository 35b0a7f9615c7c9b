import { type ComponentProps, useEffect, useRef } from 'react'
import { ResponsiveContainer } from 'recharts'

const LAYERS = 'g[class^="recharts-zIndex-layer"]:not([tabindex])'

/**
 * A chart as large as its place. Recharts draws its layers through React portals, which listen for focus, and what
 * listens for focus in an SVG is a stop of the Tab key in Chrome: nameless ones, taken out here. The chart itself stays one.
 */
export function ChartBox(props: ComponentProps<typeof ResponsiveContainer>) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const place = box.current
    if (!place) return
    const takeOut = () => place.querySelectorAll(LAYERS).forEach((layer) => layer.setAttribute('tabindex', '-1'))
    takeOut()
    const watch = new MutationObserver(takeOut)
    watch.observe(place, { childList: true, subtree: true })
    return () => watch.disconnect()
  }, [])
  return (
    <div ref={box} className="size-full">
      <ResponsiveContainer width="100%" height="100%" {...props} />
    </div>
  )
}
