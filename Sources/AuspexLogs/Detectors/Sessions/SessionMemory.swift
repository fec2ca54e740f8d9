/// The count vectors of sessions that were seen, with how often, and what they say of another one.
///
/// A vector vouches for normality when at least a share of the sessions had it. A session's score is its distance to the
/// nearest vector that vouches. The scores of the remembered sessions, each judged as if it had not been there, tell what
/// score is unusual (conformal prediction with one left out). Vectors beyond the bound are forgotten, the rarest first;
/// their sessions are taken to have had the largest score, so that forgetting never makes a session look stranger.
struct SessionMemory: Hashable, Sendable {
    /// Vectors that are kept, some 200 bytes each.
    static let capacity = 2_048
    /// When it is full, this share is kept, so that sorting out is rare.
    private static let kept = 0.875
    /// From so many sessions on, all counts are halved, so that the past fades.
    static let mostSessions = 100_000
    /// The scores are taken anew when the sessions have grown by this share.
    private static let growth = 0.05
    private static let leastGrowth = 10
    /// 1/(n + 1) times n + 1 may be a little less than 1.
    private static let rounding = 1e-9

    /// The share of sessions that a vector needs to vouch, and how many at least.
    let support: Double
    let leastSupport: Int

    private(set) var vectors: [CountVector: Int] = [:]
    /// All sessions, those of forgotten vectors too.
    private(set) var sessions = 0
    /// The sessions of forgotten vectors.
    private(set) var forgotten = 0
    /// The vectors that vouch, and the scores of remembered sessions, ascending, with how many have at least that one;
    /// both as they were when ``sessions`` was ``calibratedAt``.
    private var vouching: [CountVector] = []
    private var scores: [Double] = []
    private var atLeast: [Int] = []
    private(set) var calibratedAt = 0

    init(support: Double, leastSupport: Int) {
        self.support = support
        self.leastSupport = leastSupport
    }

    mutating func learn(_ vector: CountVector) {
        vectors[vector, default: 0] += 1
        sessions += 1
        if vectors.count > Self.capacity { forgetRarest() }
        if sessions >= Self.mostSessions { halve() }
        let step = max(Self.leastGrowth, Int(Double(calibratedAt) * Self.growth))
        if sessions >= calibratedAt + step || sessions < calibratedAt { calibrate() }
    }

    /// The distance to the nearest vector that vouches, and that vector; 1 when none does. O(1) for a vector that vouches,
    /// else O(vectors that vouch × templates); a support of 1 % leaves at most 100.
    func score(_ vector: CountVector) -> (distance: Double, nearest: CountVector?) {
        if let count = vectors[vector], count >= needed(of: sessions) { return (0, vector) }
        return nearest(vector)
    }

    /// The chance of at least this score: (1 + sessions with one) / (1 + sessions).
    func chance(of score: Double) -> Double {
        Double(1 + forgotten + remembered(atLeast: score)) / Double(1 + sessions)
    }

    /// The smallest score whose chance is at most `level`, if there is one among those seen; what is above it is reported.
    func threshold(level: Double) -> Double {
        let allowed = Int((level * Double(1 + sessions) + Self.rounding).rounded(.down)) - 1 - forgotten
        guard allowed >= 0 else { return .infinity }
        // As many as are allowed may lie above.
        let place = atLeast.firstIndex { $0 <= allowed } ?? scores.count
        return place == 0 ? 0 : scores[place - 1]
    }

    /// Takes scores and vouching vectors anew: O(vectors × vectors that vouch).
    mutating func calibrate() {
        calibratedAt = sessions
        let all = vectors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let now = needed(of: sessions)
        vouching = all.filter { $0.value >= now }.map(\.key)
        let without = needed(of: sessions - 1)
        var found: [(score: Double, count: Int)] = []
        for (vector, count) in all {
            found.append((count - 1 >= without ? 0 : nearest(vector, except: vector).distance, count))
        }
        found.sort { $0.score < $1.score }
        scores = []
        var counts: [Int] = []
        for entry in found {
            if scores.last == entry.score {
                counts[counts.count - 1] += entry.count
            } else {
                scores.append(entry.score)
                counts.append(entry.count)
            }
        }
        var rest = 0
        atLeast = counts.reversed().map { count in
            rest += count
            return rest
        }
        atLeast.reverse()
    }

    private func nearest(
        _ vector: CountVector, except own: CountVector? = nil
    ) -> (distance: Double, nearest: CountVector?) {
        var best: (distance: Double, nearest: CountVector?) = (1, nil)
        for candidate in vouching where candidate != own {
            let distance = vector.distance(to: candidate)
            if distance < best.distance { best = (distance, candidate) }
        }
        return best
    }

    private func needed(of sessions: Int) -> Int {
        max(leastSupport, Int((support * Double(sessions)).rounded(.up)))
    }

    private func remembered(atLeast score: Double) -> Int {
        var (low, high) = (0, scores.count)
        while low < high {
            let middle = (low + high) / 2
            if scores[middle] < score { low = middle + 1 } else { high = middle }
        }
        return low < atLeast.count ? atLeast[low] : 0
    }

    private mutating func forgetRarest() {
        let ranked = vectors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let keep = Int(Double(Self.capacity) * Self.kept)
        forgotten += ranked.dropFirst(keep).reduce(0) { $0 + $1.value }
        vectors = Dictionary(uniqueKeysWithValues: ranked.prefix(keep).map { ($0.key, $0.value) })
    }

    private mutating func halve() {
        vectors = vectors.mapValues { $0 / 2 }.filter { $0.value > 0 }
        forgotten /= 2
        sessions = forgotten + vectors.values.reduce(0, +)
    }

    /// Follows a merge of templates.
    mutating func merge(_ aliases: some Sequence<TemplateAlias>) {
        var merged: [CountVector: Int] = [:]
        for (vector, count) in vectors {
            var vector = vector
            for alias in aliases { vector.merge(alias) }
            merged[vector, default: 0] += count
        }
        vectors = merged
        calibrate()
    }

    func write(to writer: inout StateWriter) {
        writer.write(vectors.count)
        for (vector, count) in vectors.sorted(by: { $0.key < $1.key }) {
            vector.write(to: &writer)
            writer.write(count)
        }
        writer.write(forgotten)
        writer.write(calibratedAt)
        writer.write(vouching) { $1.write(to: &$0) }
        writer.write(scores) { $0.write($1) }
        writer.write(atLeast) { $0.write($1) }
    }

    init(support: Double, leastSupport: Int, reading reader: inout StateReader) throws(LogSnapshotError) {
        self.init(support: support, leastSupport: leastSupport)
        let bound = 0...Self.mostSessions
        let count = try reader.count()
        for _ in 0..<count {
            let vector = try CountVector(reading: &reader)
            vectors[vector] = try reader.int(in: 1...Self.mostSessions, "sessions")
        }
        forgotten = try reader.int(in: bound, "sessions")
        calibratedAt = try reader.int(in: bound, "sessions")
        vouching = try reader.list { reader throws(LogSnapshotError) in try CountVector(reading: &reader) }
        scores = try reader.list { reader throws(LogSnapshotError) in try reader.double(in: 0...1, "a distance") }
        atLeast = try reader.list { reader throws(LogSnapshotError) in try reader.int(in: bound, "sessions") }
        sessions = forgotten + vectors.values.reduce(0, +)
        guard vectors.count == count, count <= Self.capacity, sessions < Self.mostSessions,
            atLeast.count == scores.count, vouching.count <= Self.capacity,
            zip(scores, scores.dropFirst()).allSatisfy({ $0 < $1 }),
            zip(atLeast, atLeast.dropFirst()).allSatisfy({ $0 >= $1 })
        else { throw reader.error("the memory of sessions cannot be") }
    }
}
