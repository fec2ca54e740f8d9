package import AuspexChanges
import AuspexSignals
import Logging

/// The risk models of all services: keeps what is measured of changes until their outcome is known, trains models on that,
/// and hands out the one in force.
///
/// A model learns from a change only when it is old enough for its outcome to be known either way: harm is known at once and
/// harmlessness only a while after its end, so that among newer ones nearly all would be harmful: see
/// ``AuspexChanges/OutcomePolicy/learnableTo(at:)``. A late correction counts from the next training on.
package actor RiskBook {
    /// Trainings in one pass; further ones are due in the next.
    private static let mostTrainings = 16
    /// Changes that a model is trained on, the newest ones.
    static let mostChanges = 20_000
    /// Services that the model of all together is trained on.
    private static let mostServices = 200
    /// Newer changes that drift is measured on.
    static let mostDrifting = 500

    let outcomes: any OutcomeStore
    let models: any RiskModelStore
    let policy: OutcomePolicy
    let clock: any WallClock
    private let metrics: EngineMetrics
    private let logger: Logger
    private var shelf = RiskModelShelf()
    private var drifts: [String: RiskDrift] = [:]

    init(
        outcomes: any OutcomeStore, models: any RiskModelStore, policy: OutcomePolicy, clock: any WallClock,
        metrics: EngineMetrics, logger: Logger
    ) {
        self.outcomes = outcomes
        self.models = models
        self.policy = policy
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    // MARK: Assessing

    /// The scorer for a service's changes: by its own model, else that of all together, else by size alone. A model that
    /// cannot be read counts as none, which is told of.
    package func scorer(for service: String) async -> RiskScorer {
        RiskScorer(
            own: await model(of: service), organisation: await model(of: RiskModelVersion.organisation))
    }

    private func model(of service: String) async -> RiskModel? {
        do {
            return try await inForce(service)?.model
        } catch {
            metrics.add(to: .outcomesFailed)
            logger.warning(
                "a risk model cannot be read", metadata: ["service": "\(service)", "reason": "\(error)"])
            return nil
        }
    }

    private func inForce(_ service: String) async throws -> RiskModelShelf.Entry? {
        if let known = shelf.look(service) { return known }
        let stamp = shelf.stamp
        let found = try await models.inForce(service).map { RiskModelShelf.Entry(version: $0.version, model: $0.model) }
        // Another may have been put in force while this one was read.
        if shelf.stamp == stamp { shelf.put(found, for: service) }
        return found
    }

    /// Keeps what was measured of a change before it ran. One without sha and version, which no report can be matched with,
    /// is not kept.
    package func record(_ measured: MeasuredChange) async throws {
        guard measured.isNamed else { return }
        try await outcomes.record(measured)
    }

    /// What was measured of the newest change of a service that one of these names means.
    func measured(_ service: String, environment: String, names: [String]) async throws -> MeasuredChange? {
        try await outcomes.measured(service, environment: environment, names: names)
    }

    /// Puts a model that was trained elsewhere in force for a service; empty for all together.
    package func put(_ model: RiskModel, inForceFor service: String) async throws -> RiskModelVersion {
        let version = RiskModelVersion(
            service: service, origin: .imported, model: model, at: clock.now(), isInForce: true,
            note: "in force: it was imported")
        return try await keep(version, model)
    }

    private func keep(_ version: RiskModelVersion, _ model: RiskModel) async throws -> RiskModelVersion {
        let kept = try await models.add(version, model)
        if kept.isInForce {
            shelf.put(.init(version: kept, model: model), for: kept.service)
            drifts[kept.service] = nil
        }
        return kept
    }

    // MARK: Learning

    /// Trains what is due, one model after another, and lets the others follow the base rate.
    ///
    /// - Parameter hasTime: Whether there is time for it; asked before each training.
    func pass(while hasTime: @Sendable () -> Bool) async throws {
        let now = clock.now()
        let until = policy.learnableTo(at: now)
        let tallies = try await outcomes.tallies(until: until)
        let latest = Dictionary(
            try await models.versions(of: nil).map { ($0.service, $0) }
        ) { newest, _ in newest }
        var trainings = 0
        for tally in tallies {
            try Task.checkCancellation()
            if trainings < Self.mostTrainings, isDue(tally, latest[tally.service], now), hasTime() {
                let changes = try await outcomes.learnable(
                    tally.service, after: nil, until: until, limit: Self.mostChanges)
                try await train([changes], tally.service, now)
                trainings += 1
            } else {
                try await learn(tally.service, until)
            }
        }
        let whole = OutcomeTally(summing: tallies)
        if tallies.count > 1, isDue(whole, latest[whole.service], now), hasTime() {
            try await train(try await organisation(tallies, until), whole.service, now)
        }
    }

    /// Whether there is enough to learn from, something that the last version does not know, and that was not made just now.
    private func isDue(_ tally: OutcomeTally, _ last: RiskModelVersion?, _ now: Timestamp) -> Bool {
        guard tally.isEnough, let lastDecision = tally.lastDecision else { return false }
        guard let last else { return true }
        let isNews =
            lastDecision > last.trainedAt || min(tally.known, Self.mostChanges) != last.changes
            || tally.harmful != last.harmful
        return isNews && now - last.trainedAt >= policy.trainEvery
    }

    /// The changes of all services, of each the newest of its part.
    private func organisation(_ tallies: [OutcomeTally], _ until: Timestamp) async throws -> [[LabelledChange]] {
        let services = tallies.sorted { ($1.known, $0.service) < ($0.known, $1.service) }.prefix(Self.mostServices)
        var sources: [[LabelledChange]] = []
        for tally in services {
            sources.append(
                try await outcomes.learnable(
                    tally.service, after: nil, until: until, limit: Self.mostChanges / services.count))
        }
        return sources
    }

    private func train(_ sources: [[LabelledChange]], _ service: String, _ now: Timestamp) async throws {
        let imported = try await inForce(service).flatMap { $0.version.origin == .imported ? $0.model : nil }
        let name = service == RiskModelVersion.organisation ? "all services" : service
        let delay = policy.labelAfter
        let result = await BackgroundWork.run { () -> Result<RiskCourse, RiskModelError> in
            Result { () throws(RiskModelError) in
                try RiskCourse(sources, service: name, labelDelay: delay, incumbent: imported)
            }
        }
        metrics.add(to: .trainings)
        do {
            let course = try result.get()
            let version = RiskModelVersion(
                service: service, origin: .trained, model: course.model, at: now, evaluation: course.evaluation,
                isInForce: course.hasPassed, note: course.note)
            let kept = try await keep(version, course.model)
            logger.info(
                "a risk model has been trained",
                metadata: ["service": "\(name)", "version": "\(kept.version)", "result": "\(kept.note)"])
        } catch let error as RiskModelError {
            metrics.add(to: .outcomesFailed)
            logger.warning(
                "a risk model cannot be trained", metadata: ["service": "\(name)", "reason": "\(error)"])
        }
    }

    /// Lets the model in force follow the base rate by the outcomes that it has not seen, and measures how far the changes
    /// have moved since its training.
    private func learn(_ service: String, _ until: Timestamp) async throws {
        guard let entry = try await inForce(service) else { return }
        let (model, version) = (entry.model, entry.version)
        let news = try await outcomes.learnable(
            service, after: model.learnedTo, until: until, limit: Self.mostChanges)
        guard !news.isEmpty || drifts[service] == nil else { return }
        let since = try await outcomes.learnable(
            service, after: model.training.to, until: until, limit: Self.mostDrifting)
        let (next, drift) = await BackgroundWork.run {
            var next = model
            _ = next.learn(news)
            return (next, RiskDrift(of: since, from: model))
        }
        // One that was imported meanwhile stays.
        guard try await inForce(service)?.version.version == version.version else { return }
        drifts[service] = drift
        guard !news.isEmpty else { return }
        try await models.update(next, service: service, version: version.version)
        guard try await inForce(service)?.version.version == version.version else { return }
        shelf.put(.init(version: version, model: next), for: service)
    }

    // MARK: Questions

    /// How it stands with the models of all services, or of one; the model of all together comes first.
    package func status(of service: String? = nil) async throws -> [RiskModelStatus] {
        let tallies = try await outcomes.tallies(until: policy.learnableTo(at: clock.now()))
        let versions = Dictionary(grouping: try await models.versions(of: nil), by: \.service)
        let organisation = RiskModelVersion.organisation
        let hasOrganisation = versions[organisation]?.contains(where: \.isInForce) ?? false
        let known = Dictionary(tallies.map { ($0.service, $0) }) { one, _ in one }
        var services = Set(tallies.map(\.service)).union(versions.keys)
        services.insert(organisation)
        if let service { services = [service] }
        return services.sorted().map { name in
            let none = OutcomeTally(service: name, known: 0, harmful: 0, lastDecision: nil)
            let tally = name == organisation ? OutcomeTally(summing: tallies) : known[name] ?? none
            return RiskModelStatus(
                service: name, tally: tally, versions: versions[name] ?? [], hasOrganisation: hasOrganisation,
                drift: drifts[name])
        }
    }
}

extension OutcomeTally {
    /// All services together.
    fileprivate init(summing tallies: [OutcomeTally]) {
        self.init(
            service: RiskModelVersion.organisation, known: tallies.reduce(0) { $0 + $1.known },
            harmful: tallies.reduce(0) { $0 + $1.harmful }, lastDecision: tallies.compactMap(\.lastDecision).max())
    }
}
