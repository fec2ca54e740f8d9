import AuspexChanges
import AuspexSignals

/// The changes that are watched and those that were. A change costs what its own watch costs, however many others are
/// kept.
struct WatchedChanges: Sendable {
    /// Those whose watches go on, by their ids.
    private(set) var running: [String: WatchedChange] = [:]
    private var past: [String: WatchedChange] = [:]
    /// In which order the watches of the past began, by their ids.
    private var ages: [String: Int] = [:]
    /// Those for which a checkpoint would hold something else than the last one.
    private var changed: Set<String> = []
    /// Those that the last checkpoint holds in some form.
    private var held: Set<String> = []

    /// How many are kept.
    var count: Int { running.count + past.count }

    /// The place of the newest in the order in which watches began; 0 when there is none.
    var newestOrder: Int { max(running.values.map(\.order).max() ?? 0, ages.values.max() ?? 0) }

    /// The change with this id.
    subscript(id: String) -> WatchedChange? { running[id] ?? past[id] }

    /// Keeps `change` instead of what was known of it.
    ///
    /// - Parameter isStored: Whether a checkpoint holds it as it is.
    mutating func put(_ change: WatchedChange, isStored: Bool = false) {
        let id = change.change.id
        if change.watch != nil {
            running[id] = change
            (past[id], ages[id]) = (nil, nil)
        } else {
            (past[id], ages[id]) = (change, change.order)
            running[id] = nil
        }
        if isStored { held.insert(id) } else { changed.insert(id) }
    }

    /// Changes the watch of the change with this id where it is kept, if it goes on.
    mutating func updateWatch(of id: String, _ body: (inout ChangeWatch) -> Void) {
        guard running[id] != nil else { return }
        running[id]?.update(body)
        changed.insert(id)
    }

    /// Forgets the change with this id.
    mutating func remove(_ id: String) {
        running[id] = nil
        (past[id], ages[id]) = (nil, nil)
        changed.remove(id)
    }

    /// The eldest of those that are not watched any more; nil when all are.
    var eldestOver: String? { ages.min { $0.value < $1.value }?.key }

    /// What a checkpoint has to take up and to let go after the last one.
    ///
    /// - Returns: the changes of which it would hold something else, and the ids of those that it holds and that are
    ///   forgotten.
    mutating func takeNews() -> (changed: [WatchedChange], forgotten: [String]) {
        let forgotten = held.filter { self[$0] == nil }
        held.subtract(forgotten)
        held.formUnion(changed)
        defer { changed = [] }
        return (changed.compactMap { self[$0] }, Array(forgotten))
    }
}
