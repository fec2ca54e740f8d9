/// The files on which the best detector does worst: where looking helps most.
struct WorstFiles {
    /// The most that are shown.
    static let limit = 8

    /// The detector of the highest mean VUS-PR among those that were asked for; nil when none was measured.
    let detector: String?
    /// Its figures, the lowest VUS-PR first.
    let figures: [SeriesFigure]
    /// All other figures, as they were.
    let rest: [SeriesFigure]
    /// Per file, what else was measured there: the detector that did best, and its VUS-PR.
    private let bests: [String: (detector: String, vusPR: Double)]

    init(_ result: EvaluationResult) {
        let asked = result.summary.filter { !$0.isBaseline && $0.metrics != nil }
        let lead = asked.max { ($0.metrics?.vusPR ?? 0) < ($1.metrics?.vusPR ?? 0) }?.detector
        var own: [String: Double] = [:]
        var bests: [String: (detector: String, vusPR: Double)] = [:]
        for row in result.rows {
            guard let vusPR = row.metrics?.vusPR else { continue }
            if row.detector == lead { own[row.file] = vusPR }
            if bests[row.file].map({ $0.vusPR < vusPR }) ?? true { bests[row.file] = (row.detector, vusPR) }
        }
        let led = result.figures.enumerated().filter { $0.element.detector == lead && own[$0.element.name] != nil }
        let order = led.sorted { left, right in
            (own[left.element.name] ?? 0, left.offset) < (own[right.element.name] ?? 0, right.offset)
        }
        // Of few files the worse half.
        let chosen = order.prefix(min(Self.limit, led.count / 2))
        let places = Set(chosen.map(\.offset))
        detector = lead
        figures = chosen.map(\.element)
        rest = result.figures.enumerated().filter { !places.contains($0.offset) }.map(\.element)
        self.bests = bests
    }

    /// What a caption says of a better detector on the same file; nil where there is none.
    func better(than figure: SeriesFigure, by vusPR: Double) -> String? {
        guard let best = bests[figure.name], best.detector != figure.detector, best.vusPR > vusPR else { return nil }
        return "best here: <code>\(HTMLText.escaped(best.detector))</code> \(NumberText.fixed(best.vusPR, 3))"
    }
}
