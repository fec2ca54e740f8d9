/// Draws mean ranks on an axis, the best to the left, with bars over detectors that do not differ for certain (Demšar 2006,
/// figure 1).
struct CriticalDifferenceSVG {
    private static let width = 960.0
    /// Room for a name's letters, and for its rank and the line to it.
    private static let letter = 6.6
    private static let besideName = 84.0
    private static let axis = 62.0
    private static let barGap = 9.0
    private static let lineHeight = 22.0
    /// The longest name that fits beside the axis; the whole one is in its title.
    private static let nameLimit = 38

    private let result: CriticalDifference
    /// Where the axis begins and ends: as long as the names on both sides leave room.
    private let left: Double
    private let right: Double

    init(_ result: CriticalDifference) {
        self.result = result
        let longest = min(result.names.map(\.count).max() ?? 0, Self.nameLimit)
        left = Self.besideName + Self.letter * Double(longest)
        right = Self.width - left
    }

    private var count: Int { result.names.count }
    /// The better half is named to the left, the other one to the right.
    private var leftCount: Int { (count + 1) / 2 }
    private var namesTop: Double { Self.axis + 18 + Double(result.groups.count) * Self.barGap }

    var svg: String {
        let height = namesTop + Double(leftCount) * Self.lineHeight + 8
        let ranks = zip(result.names, result.meanRanks).map { "\($0) \(NumberText.fixed($1, 2))" }
        let label = HTMLText.escaped("Mean ranks: \(ranks.joined(separator: ", "))")
        var parts = ["<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" role=\"img\" aria-label=\"\(label)\">"]
        parts += scale
        for (index, group) in result.groups.enumerated() {
            let y = Self.axis + 12 + Double(index) * Self.barGap
            let (from, to) = (x(result.meanRanks[group.lowerBound]) - 4, x(result.meanRanks[group.upperBound]) + 4)
            parts.append("<path class=\"group\" d=\"M\(Self.text(from)) \(Self.text(y))H\(Self.text(to))\"/>")
        }
        for index in 0..<count { parts.append(detector(index)) }
        parts.append("</svg>")
        return parts.joined(separator: "\n")
    }

    /// The axis with a tick a rank, and the critical difference to scale above it.
    private var scale: [String] {
        let y = Self.text(Self.axis)
        var parts = ["<path class=\"axis\" d=\"M\(Self.text(left)) \(y)H\(Self.text(right))\"/>"]
        let step = max(1, (count + 14) / 15)
        for rank in stride(from: 1, through: count, by: step) {
            let x = Self.text(self.x(Double(rank)))
            parts.append(
                "<path class=\"axis\" d=\"M\(x) \(y)v-6\"/><text x=\"\(x)\" y=\"\(Self.text(Self.axis - 10))\" "
                    + "text-anchor=\"middle\">\(rank)</text>")
        }
        let end = min(x(1 + result.difference), right)
        let middle = Self.text((left + end) / 2)
        parts.append(
            "<path class=\"axis\" d=\"M\(Self.text(left)) 22v8m0 -4H\(Self.text(end))m0 -4v8\"/>"
                + "<text x=\"\(middle)\" y=\"16\" text-anchor=\"middle\">critical difference "
                + "\(NumberText.fixed(result.difference, 2))</text>")
        return parts
    }

    private func detector(_ index: Int) -> String {
        let isLeft = index < leftCount
        let line = isLeft ? index : count - 1 - index
        let y = namesTop + Double(line) * Self.lineHeight + 8
        let x = Self.text(self.x(result.meanRanks[index]))
        let edge = isLeft ? left - 24 : right + 24
        let name = result.names[index]
        let short = name.count > Self.nameLimit ? name.prefix(Self.nameLimit - 1) + "…" : name[...]
        let rank = NumberText.fixed(result.meanRanks[index], 2)
        return "<g><title>\(HTMLText.escaped("\(name): mean rank \(rank)"))</title>"
            + "<path class=\"lead\" d=\"M\(x) \(Self.text(Self.axis))V\(Self.text(y))H\(Self.text(edge))\"/>"
            + "<text class=\"mark\" x=\"\(Self.text(edge + (isLeft ? -6 : 6)))\" y=\"\(Self.text(y + 4))\" "
            + "text-anchor=\"\(isLeft ? "end" : "start")\">\(HTMLText.escaped(String(short))) "
            + "<tspan class=\"rank\">\(rank)</tspan></text></g>"
    }

    private func x(_ rank: Double) -> Double {
        left + (rank - 1) / Double(max(count - 1, 1)) * (right - left)
    }

    private static func text(_ value: Double) -> String { NumberText.fixed(value, 1) }
}
