import AuspexChanges
import AuspexSignals
import Synchronization

/// How big and how risky a change is that the gate is asked about.
extension Engine {
    /// What is known of a change's size and risk.
    struct Measurement: Sendable {
        /// The risk; nil when nothing is known.
        var assessment: RiskAssessment?
        /// What was measured and is to be kept until the outcome is known; nil when that is nothing, or kept already.
        var news: MeasuredChange.Background?
        /// Its measures.
        var measures: ChangeMeasures?
    }

    /// The risk of the change: by the service's model where there is one, else as the caller has assessed it. Where the
    /// question brings neither measures nor an assessment, by what was measured before of the same commit or version, else
    /// by what a configured repository has since the last deploy.
    func measure(_ query: GateQuery, at now: Timestamp) async throws -> Measurement {
        guard (query.repository == nil) == (query.range == nil) else { throw EngineError.incompleteRange }
        let scorer = await outcomes.book.scorer(for: query.service)
        if let name = query.repository, let range = query.range, query.measures == nil, query.assessment == nil {
            return Measurement(try await report(of: range, inRepository: name), scorer)
        }
        if let measures = query.measures { return try await given(measures, query, scorer) }
        if let assessment = query.assessment { return Measurement(assessment: assessment) }
        let known = try await outcomes.book.measured(
            query.service, environment: query.environment, names: [query.sha, query.version])
        if let known { return Measurement(known, scorer) }
        return await measureSinceLastDeploy(query, scorer, at: now)
    }

    /// What the caller has measured.
    private func given(
        _ measures: ChangeMeasures, _ query: GateQuery, _ scorer: RiskScorer
    ) async throws -> Measurement {
        let commits = query.commits ?? query.content?.commits
        var own = query.assessment
        if own == nil, !scorer.hasModel, let name = query.repository, let range = query.range {
            own = scorer.assess(try await report(of: range, inRepository: name))
        }
        let background = MeasuredChange.Background(assessment: own, content: query.content, commits: commits)
        let assessment =
            scorer.hasModel ? scorer.assess(measures: measures, commits: commits ?? 1) : own
        return Measurement(
            assessment: assessment ?? scorer.assess(measures: measures, commits: commits ?? 1), news: background,
            measures: measures)
    }

    /// Measures what a configured repository, found by the name of the question's repository or of the service, has since
    /// the last deploy that went well. What goes wrong is missing.
    private func measureSinceLastDeploy(
        _ query: GateQuery, _ scorer: RiskScorer, at now: Timestamp
    ) async -> Measurement {
        let repositories = configuration.gate.repositories
        let revision = query.sha.isEmpty ? query.version : query.sha
        guard !revision.isEmpty,
            let name = [query.origin, query.service].first(where: { repositories[$0] != nil })
        else { return Measurement() }
        let last = ledger.withLock {
            $0.lastDeploy(of: query.service, to: query.environment, at: now, isCarriedOut: true)
        }
        guard let last, !last.version.isEmpty else {
            return .missing("no earlier deploy of '\(query.service)' is known, so nothing tells what this one brings")
        }
        do {
            return Measurement(try await report(of: "\(last.version)..\(revision)", inRepository: name), scorer)
        } catch {
            return .missing("\(last.version)..\(revision) cannot be measured in the repository '\(name)': \(error)")
        }
    }

    private func report(of range: String, inRepository name: String) async throws -> FeatureReport {
        let repositories = configuration.gate.repositories
        guard let path = repositories[name] else {
            throw EngineError.unknownRepository(name, known: repositories.keys.sorted())
        }
        let cache = HistoryCache.directory(configuration.dataDirectory + "/history")
        return try await GitRepository(directory: path).features(of: try GitRange(parsing: range), cache: cache)
    }
}

extension Engine.Measurement {
    /// What was measured in a repository.
    fileprivate init(_ report: FeatureReport, _ scorer: RiskScorer) {
        assessment = scorer.assess(report)
        measures = ChangeMeasures(report.change)
        // What a later question gets where there is no model.
        news = MeasuredChange.Background(
            assessment: SizeRisk.assess(report), content: report.content, commits: report.commits.count)
    }

    /// What was measured before.
    fileprivate init(_ known: MeasuredChange, _ scorer: RiskScorer) {
        let background = known.background
        var found = scorer.hasModel ? nil : background.assessment
        if found == nil {
            found = scorer.assess(
                measures: known.measures, commits: background.commits ?? background.content?.commits ?? 1)
        }
        if let content = background.content { found?.content = content }
        self.init(assessment: found)
    }

    /// Nothing, for a reason.
    fileprivate static func missing(_ reason: String) -> Engine.Measurement {
        Engine.Measurement(assessment: RiskAssessment(risk: nil, missing: ["risk: \(reason)"]))
    }
}
