import AuspexChanges
import AuspexEngine
import AuspexSignals

/// Verdicts on questions that are asked again and again: the same one within a few seconds has the same answer, and those
/// who ask at once wait for the same decision.
actor VerdictCache {
    /// How long a verdict answers the same question.
    static let life = TimeSpan.seconds(5)
    /// How many questions are remembered. Further ones are decided each time.
    static let most = 1_000

    private struct Entry {
        var decision: Task<Verdict, any Error>
        var until: Timestamp
    }

    private let engine: Engine
    private var entries: [GateQuery: Entry] = [:]

    init(engine: Engine) { self.engine = engine }

    /// The verdict on a question, at most ``life`` old.
    func verdict(on query: GateQuery) async throws -> Verdict {
        let now = engine.clock.now()
        if let entry = entries[query], now < entry.until { return try await entry.decision.value }
        if entries.count >= Self.most { entries = entries.filter { now < $0.value.until } }
        guard entries.count < Self.most else { return try await engine.decide(query) }
        let decision = Task { [engine] in try await engine.decide(query) }
        entries[query] = Entry(decision: decision, until: now + Self.life)
        do {
            return try await decision.value
        } catch {
            entries[query] = nil
            throw error
        }
    }
}
