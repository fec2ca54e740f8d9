import Synchronization

/// The parts of an engine that are made after the desk, and that the desk asks.
///
/// A class, because the desk has it before they are there.
final class EngineParts: Sendable {
    private struct Parts {
        // The engine has them; through the pipeline's sink they have the desk.
        weak var pipeline: Pipeline?
        weak var outcomes: OutcomeDesk?
    }

    private let parts = Mutex(Parts())

    /// The engine is whole.
    func set(pipeline: Pipeline, outcomes: OutcomeDesk) {
        parts.withLock { $0 = Parts(pipeline: pipeline, outcomes: outcomes) }
    }

    /// What knows how things stand; nil before the engine is whole.
    var pipeline: Pipeline? { parts.withLock { $0.pipeline } }
    /// What knows how changes turn out; nil before the engine is whole.
    var outcomes: OutcomeDesk? { parts.withLock { $0.outcomes } }
}
