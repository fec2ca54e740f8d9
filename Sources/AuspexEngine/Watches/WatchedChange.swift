import AuspexChanges
import AuspexSignals
import Foundation

/// A change with its watch, and what came of that.
struct WatchedChange: Sendable {
    /// The watch as long as it goes on.
    private(set) var watch: ChangeWatch?
    /// How it stands.
    private(set) var judgement: ChangeJudgement
    /// The change, as the watch knew it last.
    private(set) var change: Change
    /// In which order changes came.
    let order: Int

    /// Begins with a watch.
    init(_ watch: ChangeWatch, order: Int) {
        self.watch = watch
        self.order = order
        judgement = watch.judgement
        change = watch.change
    }

    /// Takes over what has become of the watch, which is let go when it is over.
    mutating func settle(_ watch: ChangeWatch) {
        judgement = watch.judgement
        change = watch.change
        self.watch = watch.isOver ? nil : watch
    }

    /// Changes the watch where it is kept.
    mutating func update(_ body: (inout ChangeWatch) -> Void) {
        guard var watch else { return }
        // Held once while it is changed, so that nothing of it is copied.
        self.watch = nil
        body(&watch)
        self.watch = watch
    }

    /// Makes what was said while the change was under way the last word on it.
    mutating func conclude(because reason: String) {
        judgement.conclude(because: reason)
    }

    /// What is stored.
    private struct Stored: Codable {
        var order: Int
        var watch: Data?
        var judgement: ChangeJudgement
        var change: Change
    }

    /// The state as bytes.
    func snapshot() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let stored = Stored(order: order, watch: try watch?.encoded(), judgement: judgement, change: change)
        return [UInt8](try encoder.encode(stored))
    }

    /// Continues from bytes.
    init(restoring bytes: [UInt8]) throws {
        let stored = try JSONDecoder().decode(Stored.self, from: Data(bytes))
        order = stored.order
        watch = try stored.watch.map { try ChangeWatch(decoding: $0) }
        judgement = stored.judgement
        change = stored.change
    }
}

extension WatchedChange {
    /// Whether a report that the change is over asks for another watch: what was seen while it was under way is not the
    /// last word, and one that ends after it was judged was carried out again.
    func isNews(_ report: Change) -> Bool {
        if judgement.state == .provisional { return true }
        guard judgement.verdict != .fail, let end = report.endedAt else { return false }
        return end >= judgement.to
    }
}
