import AuspexSignals
import Foundation

/// Draws a figure as SVG: the columns in lanes, the anomaly score beneath them, then strips of labels and alerts.
struct FigureSVG {
    private static let width = 960.0
    private static let left = 72.0
    private static let right = 12.0
    private static let top = 8.0
    private static let gap = 14.0
    private static let singleLaneHeight = 200.0
    private static let laneHeight = 84.0
    private static let scoreHeight = 84.0
    private static let stripHeight = 9.0
    private static let stripGap = 6.0
    private static let axisHeight = 24.0
    /// A band may widen a lane by this share of the values' range at both ends; beyond it is cut off.
    private static let bandRoom = 0.35
    /// Room above and below the values, as a share of their range.
    private static let margin = 0.05
    /// The narrowest range that is drawn, in pixels, so that a single row is seen.
    private static let narrowest = 2.0
    /// The anomaly scores that may get a tick.
    private static let scoreTicks = [0.0, 1, 3, 10, 30, 100]

    private let figure: SeriesFigure

    init(_ figure: SeriesFigure) {
        self.figure = figure
    }

    private var laneHeight: Double { figure.lanes.count == 1 ? Self.singleLaneHeight : Self.laneHeight }
    private var scoreTop: Double { Self.top + Double(figure.lanes.count) * (laneHeight + Self.gap) }
    private var stripTop: Double { scoreTop + Self.scoreHeight + Self.gap }
    private var stripCount: Double { figure.labelled == nil ? 1 : 2 }
    private var axisTop: Double { stripTop + stripCount * (Self.stripHeight + Self.stripGap) }

    /// The `svg` element.
    var svg: String {
        let height = axisTop + Self.axisHeight
        let title = HTMLText.escaped("\(figure.name), \(figure.detector)")
        var parts = [
            "<svg viewBox=\"0 0 \(Self.text(Self.width)) \(Self.text(height))\" role=\"img\" aria-label=\"\(title)\">"
        ]
        parts.append(grid)
        for range in figure.labelled ?? [] {
            parts.append(rect("truth", range, from: Self.top, to: scoreTop + Self.scoreHeight))
        }
        for (index, lane) in figure.lanes.enumerated() {
            parts.append(draw(lane, from: Self.top + Double(index) * (laneHeight + Self.gap)))
        }
        parts.append(score)
        parts.append(strips)
        parts.append("</svg>")
        return parts.joined(separator: "\n")
    }

    private var grid: String {
        figure.axis.ticks.map { tick in
            let x = Self.text(self.x(tick.position))
            // The first and last labels stay inside the drawing.
            let anchor = tick.position < 0.06 ? "start" : tick.position > 0.94 ? "end" : "middle"
            return "<path class=\"grid\" d=\"M\(x) \(Self.text(Self.top))V\(Self.text(axisTop))\"/>"
                + "<text x=\"\(x)\" y=\"\(Self.text(axisTop + 15))\" text-anchor=\"\(anchor)\">\(tick.text)</text>"
        }.joined(separator: "\n")
    }

    private func draw(_ lane: SeriesFigure.Lane, from top: Double) -> String {
        let scale = VerticalScale(Self.range(of: lane), top: top, height: laneHeight)
        var parts = [frame(top, laneHeight)]
        let ticks = Ticks.round(scale.low, scale.high, limit: figure.lanes.count == 1 ? 5 : 3)
        for tick in ticks { parts.append(label(NumberText.short(tick), at: scale.y(tick))) }
        for band in lane.band {
            let upper = band.map { (x($0.x), scale.y($0.expectation.upper)) }
            let lower = band.reversed().map { (x($0.x), scale.y($0.expectation.lower)) }
            parts.append("<path class=\"band\" d=\"\(Self.path([upper + lower]))Z\"/>")
        }
        if !lane.band.isEmpty {
            let expected = lane.band.map { $0.map { (x($0.x), scale.y($0.expectation.value)) } }
            parts.append("<path class=\"expected\" d=\"\(Self.path(expected))\"/>")
        }
        parts.append(
            "<path class=\"values\" d=\"\(Self.path(lane.line.map { $0.map { (x($0.x), scale.y($0.y)) } }))\"/>")
        for alert in lane.alerts {
            let (x, y) = (Self.text(self.x(alert.x)), Self.text(scale.y(alert.y)))
            parts.append(
                "<circle class=\"alert\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(figure.lanes.count == 1 ? 3.5 : 2.5)\"/>")
        }
        if figure.lanes.count > 1 || figure.columns > 1 {
            let place = "x=\"\(Self.text(Self.left + 6))\" y=\"\(Self.text(top + 13))\""
            parts.append("<text class=\"name\" \(place)>\(HTMLText.escaped(lane.name))</text>")
        }
        return parts.joined(separator: "\n")
    }

    /// The anomaly score, on a scale of log(1 + score) on which the alert line stays visible however high it rises.
    private var score: String {
        let highest = max(figure.highestScore, 1.5)
        let scale = VerticalScale(0...log1p(highest), top: scoreTop, height: Self.scoreHeight)
        var parts = [frame(scoreTop, Self.scoreHeight)]
        var free = Double.infinity
        for tick in Self.scoreTicks where tick <= highest {
            let y = scale.y(log1p(tick))
            // No two labels on top of one another.
            guard free - y > 11 else { continue }
            free = y
            parts.append(label(NumberText.short(tick), at: y))
        }
        let line = figure.score.map { $0.map { (x($0.x), scale.y(log1p($0.y))) } }
        parts.append("<path class=\"score\" d=\"\(Self.path(line))\"/>")
        let y = Self.text(scale.y(log1p(1)))
        parts.append("<path class=\"line\" d=\"M\(Self.text(Self.left)) \(y)H\(Self.text(Self.width - Self.right))\"/>")
        let place = "x=\"\(Self.text(Self.left + 6))\" y=\"\(Self.text(scoreTop + 13))\""
        parts.append("<text class=\"name\" \(place)>anomaly score</text>")
        return parts.joined(separator: "\n")
    }

    private var strips: String {
        var parts: [String] = []
        var top = stripTop
        for (name, css, ranges) in [
            ("labelled", "truth-strip", figure.labelled), ("alerts", "alert-strip", figure.alerts),
        ] {
            guard let ranges else { continue }
            parts.append(label(name, at: top + Self.stripHeight / 2))
            parts.append(frame(top, Self.stripHeight))
            parts += ranges.map { rect(css, $0, from: top, to: top + Self.stripHeight) }
            top += Self.stripHeight + Self.stripGap
        }
        return parts.joined(separator: "\n")
    }
}

extension FigureSVG {
    /// Maps values to pixels from top to bottom; what is beyond the range lies on its edge.
    private struct VerticalScale {
        let low: Double
        let high: Double
        let top: Double
        let height: Double

        init(_ range: ClosedRange<Double>, top: Double, height: Double) {
            // Halves keep the widest of ranges finite; the narrowest may then be none.
            let isFlat = range.upperBound / 2 - range.lowerBound / 2 == 0
            let room = isFlat ? max(range.lowerBound.magnitude * 0.1, 1) : 0
            low = range.lowerBound - room
            high = range.upperBound + room
            self.top = top
            self.height = height
        }

        func y(_ value: Double) -> Double {
            let share = (value / 2 - low / 2) / (high / 2 - low / 2)
            return top + height * (1 - min(max(share, 0), 1))
        }
    }

    /// The values with some room, and the band as far as it is not far off.
    private static func range(of lane: SeriesFigure.Lane) -> ClosedRange<Double> {
        let (low, high) = (lane.range.lowerBound, lane.range.upperBound)
        let extent = high - low
        guard extent > 0, extent.isFinite else { return lane.range }
        let points = lane.band.joined()
        let bandLow = points.map(\.expectation.lower).min() ?? low
        let bandHigh = points.map(\.expectation.upper).max() ?? high
        let bottom = min(low, max(bandLow, low - bandRoom * extent)) - margin * extent
        let top = max(high, min(bandHigh, high + bandRoom * extent)) + margin * extent
        return bottom...top
    }

    private func x(_ position: Double) -> Double {
        Self.left + position * (Self.width - Self.left - Self.right)
    }

    private func rect(_ css: String, _ range: ClosedRange<Double>, from top: Double, to bottom: Double) -> String {
        let width = max(x(range.upperBound) - x(range.lowerBound), Self.narrowest)
        let start = min(x(range.lowerBound), Self.width - Self.right - width)
        return "<rect class=\"\(css)\" x=\"\(Self.text(start))\" y=\"\(Self.text(top))\" width=\"\(Self.text(width))\" "
            + "height=\"\(Self.text(bottom - top))\"/>"
    }

    private func frame(_ top: Double, _ height: Double) -> String {
        let width = Self.width - Self.left - Self.right
        return
            "<rect class=\"frame\" x=\"\(Self.text(Self.left))\" y=\"\(Self.text(top))\" width=\"\(Self.text(width))\" "
            + "height=\"\(Self.text(height))\"/>"
    }

    private func label(_ text: String, at y: Double) -> String {
        "<text x=\"\(Self.text(Self.left - 6))\" y=\"\(Self.text(y + 4))\" text-anchor=\"end\">\(text)</text>"
    }

    /// Lines through points, each a new start; a lone point is a stroke of no length, which a round cap makes a dot.
    private static func path(_ lines: [[(Double, Double)]]) -> String {
        lines.map { line in
            let points = line.map { "\(text($0.0)) \(text($0.1))" }
            return "M" + points.joined(separator: "L") + (points.count == 1 ? "h0" : "")
        }.joined()
    }

    /// A coordinate to a tenth of a pixel.
    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0
            ? String(tenths / 10) : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
