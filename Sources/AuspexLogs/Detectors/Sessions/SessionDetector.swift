import AuspexSignals

/// Tells which sessions have other templates, or other numbers of them, than sessions usually have.
///
/// A session is judged by the distance of its count vector to the nearest one that at least a share of the sessions had
/// (event count vectors: Landauer et al. 2024, with a support filter), and the distance by those of the sessions that were
/// learnt, each left out in turn. No labels are needed. It learns from all sessions as they come, each after it was judged,
/// or from the first ones only if these can be trusted. Where sessions differ from one another about as much as anomalies
/// would, or are too few, it says so and reports nothing.
///
/// ```swift
/// for session in tracker.update(template, session: id, at: time) {
///     let verdict = detector.judge(session)
/// }
/// ```
///
/// Cost: O(1) for a session like many others, else up to 1/`support` distances; about every twentieth growth of the memory
/// is followed by an O(vectors / `support`) calibration. Memory: at most 2,048 vectors and 16,384 steps.
public struct SessionDetector: Sendable, Equatable {
    /// How sure the detector is of itself.
    public enum Calibration: Hashable, Sendable, Codable {
        /// It has learnt `seen` of the `needed` sessions.
        case tooFew(seen: Int, needed: Int)
        /// One in 1/α sessions that were learnt is at least `threshold` away from all others.
        case tooVaried(threshold: Double)
        /// Sessions farther away than `threshold` are reported; `level` is the chance of one when nothing is wrong.
        case calibrated(threshold: Double, level: Double)
    }

    /// The settings.
    public let configuration: Configuration
    var memory: SessionMemory
    var transitions = TransitionMemory()
    /// How sure the detector is of itself.
    public internal(set) var calibration: Calibration

    /// With a threshold from here on, the detector abstains: half of what may differ does so among sessions
    /// that were learnt (chosen on sets where no method that is calibrated on its training is of use).
    static let largestThreshold = 0.5

    /// Creates a detector with the default settings that has seen nothing.
    public init() { self.init(valid: Configuration()) }

    /// Creates a detector that has seen nothing.
    ///
    /// - Throws: ``LogConfigurationError`` when a setting is out of its range.
    public init(configuration: Configuration) throws(LogConfigurationError) {
        try configuration.validate()
        self.init(valid: configuration)
    }

    init(valid configuration: Configuration) {
        self.configuration = configuration
        memory = SessionMemory(support: configuration.support, leastSupport: configuration.leastSupport)
        calibration = .tooFew(seen: 0, needed: configuration.warmUpSessions)
    }

    /// Sessions that were learnt.
    public var learnedSessions: Int { memory.sessions }
    /// Sessions whose count vectors were forgotten because there were too many different ones.
    public var forgottenSessions: Int { memory.forgotten }

    /// Judges a session that is over, and then learns from it if the settings say so.
    public mutating func judge(_ session: LogSession) -> LogVerdict {
        let verdict = verdict(on: session)
        switch configuration.training {
        case .allSessions: learn(session)
        case .first(let sessions): if memory.sessions < sessions { learn(session) }
        }
        return verdict
    }

    /// Learns from a session without judging it.
    public mutating func learn(_ session: LogSession) {
        let before = memory.calibratedAt
        memory.learn(session.counts)
        transitions.learn(session.transitions)
        var isDue = memory.calibratedAt != before
        if case .first(let sessions) = configuration.training, memory.sessions == sessions {
            memory.calibrate()
            isDue = true
        }
        if isDue || memory.sessions <= configuration.warmUpSessions { calibrate() }
    }

    /// What is said of a session, without learning from it.
    public func verdict(on session: LogSession) -> LogVerdict {
        let (distance, nearest) = memory.score(session.counts)
        guard case .calibrated(let threshold, let level) = calibration else {
            return LogVerdict(
                .unusualSession, of: .session(session.id), at: session.end, readiness: readiness, expected: nil,
                observed: distance, pValue: 1, alpha: configuration.alpha, explanation: abstention)
        }
        let chance = distance > threshold ? memory.chance(of: distance) : max(memory.chance(of: distance), level.nextUp)
        let isFar = chance <= level
        return LogVerdict(
            .unusualSession, of: .session(session.id), at: session.end, expected: threshold, observed: distance,
            pValue: chance, alpha: level, explanation: isFar ? explanation(session, distance, nearest) : "as usual")
    }

    /// The steps of a session that no session before took, in their order.
    public func newTransitions(of session: LogSession) -> [TemplateTransition] {
        transitions.rare(in: session.transitions)
    }

    /// Follows a merge of templates.
    public mutating func merge(_ alias: TemplateAlias) { merge(CollectionOfOne(alias)) }

    /// Follows merges of templates, one after the other.
    public mutating func merge(_ aliases: some Sequence<TemplateAlias>) {
        memory.merge(aliases)
        calibrate()
    }

    /// The chance that is reported: α, or the smallest that so few sessions can tell.
    private var level: Double { max(configuration.alpha, 1 / Double(1 + memory.sessions)) }

    mutating func calibrate() {
        guard memory.sessions >= configuration.warmUpSessions else {
            calibration = .tooFew(seen: memory.sessions, needed: configuration.warmUpSessions)
            return
        }
        if memory.calibratedAt != memory.sessions { memory.calibrate() }
        let threshold = memory.threshold(level: level)
        calibration =
            threshold >= Self.largestThreshold
            ? .tooVaried(threshold: min(threshold, 1)) : .calibrated(threshold: threshold, level: level)
    }

    private var readiness: Reading.Readiness {
        switch calibration {
        case .calibrated: .ready
        case .tooFew(let seen, let needed): .warmingUp(seen: seen, needed: needed)
        // How many it takes until they are alike is not known; more than now.
        case .tooVaried: .warmingUp(seen: memory.sessions, needed: memory.sessions + 1)
        }
    }

    private var abstention: String {
        switch calibration {
        case .tooFew(let seen, let needed): "warming up, session \(seen) of \(needed)"
        case .tooVaried(let threshold):
            "not calibrated: \(memory.sessions) sessions differ from one another by up to "
                + "\(Wording.number(threshold)), so that no difference would be unusual"
        case .calibrated: ""
        }
    }
}
