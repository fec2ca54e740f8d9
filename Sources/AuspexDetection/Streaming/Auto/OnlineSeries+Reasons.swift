import Foundation

extension OnlineSeries {
    /// The least part in a verdict that is worth a word.
    private static let leastShare: Float = 0.2

    /// What spoke for the rarity of the last sample and with which part, the strongest first.
    func reasons(_ layout: OnlineLayout) -> String? {
        let answers = 0..<layout.histograms
        guard let largest = answers.map({ ranks[$0] }).max(), largest > 0 else { return nil }
        let parts = answers.map { ranks[$0] > 0 ? part($0, over: largest, layout) : 0 }
        let sum = parts.reduce(0, +)
        return parts.indices.filter { parts[$0] >= Self.leastShare * sum }.sorted { parts[$0] > parts[$1] }
            .map { "\(description($0)) (\(Int((100 * parts[$0] / sum).rounded())) %)" }
            .joined(separator: "; ")
    }

    private func description(_ index: Int) -> String {
        guard index < OnlineLayout.sketchCount else {
            return "it goes as it did not before, \(text(Double(novelties[index]))) times as far off as usual"
        }
        let (level, distance) = (origin + Double(levels[index]) * scale, Double(novelties[index]) * scale)
        let subject = index == 0 ? "a value" : "a median of \(OnlineLayout.medians[index - 1]) samples"
        return "\(subject) of \(text(level)) is \(text(distance)) from any before"
    }

    private func text(_ number: Double) -> String { String(format: "%.4g", number) }
}
