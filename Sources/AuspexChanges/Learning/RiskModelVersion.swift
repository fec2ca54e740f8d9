package import AuspexSignals

/// What is known of a model of a service: what it was trained on, how good it was, and whether it is in force.
package struct RiskModelVersion: Hashable, Sendable, Codable {
    /// Where a model comes from.
    package enum Origin: String, Hashable, Sendable, Codable {
        /// This engine trained it.
        case trained
        /// Somebody put it in force.
        case imported
    }

    /// The name under which the model of all services together is kept; no service has it.
    package static let organisation = ""
    /// How many versions of each service are kept.
    package static let kept = 5

    /// The service; ``organisation`` for all together.
    package var service: String
    /// Its number, from 1; 0 before it is kept.
    package var version: Int
    /// Where it comes from.
    package var origin: Origin
    /// The model's name.
    package var name: String
    /// When it was trained or imported.
    package var trainedAt: Timestamp
    /// How many changes it was trained on.
    package var changes: Int
    /// How many of them did harm.
    package var harmful: Int
    /// How good a model trained on the older changes was on the newer ones; nil when that could not be measured.
    package var evaluation: RiskSplit?
    /// Whether changes are assessed by it.
    package var isInForce: Bool
    /// Why it is in force, or why not.
    package var note: String

    /// Creates a version that has no number yet.
    package init(
        service: String, origin: Origin, model: RiskModel, at trainedAt: Timestamp, evaluation: RiskSplit? = nil,
        isInForce: Bool, note: String
    ) {
        self.service = service
        version = 0
        self.origin = origin
        name = model.name
        self.trainedAt = trainedAt
        changes = model.training.changes
        harmful = model.training.harmful
        self.evaluation = evaluation
        self.isInForce = isInForce
        self.note = note
    }
}
