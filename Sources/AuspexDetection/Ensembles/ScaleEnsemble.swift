import Foundation

/// What five scales say of one column, fused: the core of `auto`.
///
/// Each scale speaks by the distance of its windows to their nearest neighbours and, but for the shortest, by how much that
/// distance exceeds the neighbour's own: a third of the weight for the shortest, a third for the others' distances, a third
/// for their excesses. A scale counts fully when the series holds ``repetitions`` windows of it one after another: with
/// fewer, the distance to the nearest says little about what is normal.
struct ScaleEnsemble {
    /// How often a window must fit into the series for its scale to count fully. Chosen, like the other numbers here, on
    /// public series of seven kinds.
    static let repetitions = 16.0
    /// How fast a scale with fewer loses its weight.
    static let trustPower = 3.0
    /// What the distances of the shortest windows count: as much as those of the four other scales.
    static let shortestWeight = 4.0
    /// What the strongest member counts beside the mean of all.
    static let strongestShare = 1.0

    /// One score a row; larger = stranger, negative for the most ordinary ones.
    let fused: [Double]
    /// Over how many rows one strange row raises the score: the widest window that counts for something.
    let reach: Int
    /// What each scale contributed to the mean, by its name; empty when no windows were compared.
    let contributions: [(name: String, values: [Double])]

    /// - Parameters:
    ///   - values: n of them, finite.
    ///   - landmarks: the most windows with which each is compared.
    init(_ values: [Double], landmarks: Int) {
        switch ScaleScan.series(values) {
        case .flat: self.init(fused: [Double](repeating: 0, count: values.count))
        case .short(let distances): self.init(fused: distances)
        case .standard(let standard, let period):
            self.init(standard, period: period, landmarks: landmarks)
        }
    }

    private init(fused: [Double]) {
        (self.fused, reach, contributions) = (fused, 1, [])
    }

    private init(_ standard: [Double], period: Int, landmarks: Int) {
        let rows = standard.count
        let members = ScaleScan.members(period: period, rows: rows)
        // Scales of equal windows are compared once and keep their weights.
        var voices: [Voice] = [Voice(member: members[0], distance: Self.shortestWeight, excess: 0)]
        for member in members.dropFirst() {
            if let place = voices.firstIndex(where: { $0.member == member }) {
                voices[place].distance += 1
                voices[place].excess += 1
            } else {
                voices.append(Voice(member: member, distance: 1, excess: 1))
            }
        }
        let trust = voices.map { Self.trust(window: $0.member.length, rows: rows) }
        let most = trust.max() ?? 1
        let total = zip(voices, trust).reduce(0) { $0 + ($1.0.distance + $1.0.excess) * $1.1 }
        var mean = [Double](repeating: 0, count: rows)
        var strongest = [Double](repeating: -.infinity, count: rows)
        var contributions: [(name: String, values: [Double])] = []
        for (voice, trust) in zip(voices, trust) {
            let scan = ScaleScan(voice.member, of: standard, landmarks: landmarks)
            var values = [Double](repeating: 0, count: rows)
            for (windows, weight) in [(scan.distances, voice.distance), (scan.excesses, voice.excess)] where weight > 0
            {
                let scores = ScaleScan.normalised(
                    Windowing.covering(windows, window: voice.member.length, rows: rows))
                for row in 0..<rows {
                    values[row] += weight * trust / total * scores[row]
                    strongest[row] = max(strongest[row], scores[row] * trust / most)
                }
            }
            for row in 0..<rows { mean[row] += values[row] }
            contributions.append((voice.member.name, values))
        }
        fused = zip(mean, strongest).map { $0 + Self.strongestShare * $1 }
        reach = zip(voices, trust).filter { $0.1 >= most / 2 }.map(\.0.member.length).max() ?? 1
        self.contributions = contributions
    }

    /// A scale, and how much its two scores count.
    private struct Voice {
        var member: ScaleScan.Member
        var distance: Double
        var excess: Double
    }

    /// How much a scale counts, over 0, at most 1.
    static func trust(window: Int, rows: Int) -> Double {
        pow(min(1, Double(rows) / (repetitions * Double(window))), trustPower)
    }
}

extension ScaleScan.Member {
    /// In words.
    var name: String {
        switch form {
        case .raw: "values over \(length) rows"
        case .shape: "form over \(length) rows"
        }
    }
}
