import AuspexActions
package import AuspexRunbooks
import AuspexStore
import Foundation

/// What the steps of runs print, while they are at work and as long as it is kept.
struct StepOutputs: Sendable {
    private let spool: String
    private let live: LiveOutput
    private let vault: SecretVault

    /// Looks at what the engine of this configuration keeps.
    ///
    /// - Parameter vault: The one that gives the steps their secrets.
    init(_ configuration: EngineConfiguration, vault: SecretVault) {
        spool = URL(filePath: configuration.dataDirectory).standardizedFileURL.path + "/spool"
        live = LiveOutput(spool: spool)
        self.vault = vault
    }

    /// What the newest attempt at a step has printed from a position on, masked. Of a wait it is the newest poll's, and of
    /// an act that a person had done again that of the newest repetition.
    ///
    /// Costs reading all of it, and the secrets of the step. Of the other steps' secrets those are read that an earlier engine
    /// gave out.
    ///
    /// - Throws: ``EngineError/noOutput(run:path:)`` when nothing is kept, ``EngineError/notPossible(_:)`` when a secret
    ///   that would have to be masked cannot be read.
    func output(
        of run: RunRecord, path: String, _ channel: StepOutput.Channel, from position: Int
    ) async throws(EngineError) -> StepOutput {
        guard let attempt = run.lastAttempt(at: path), let operation = run.plan.operation(at: path) else {
            throw .noOutput(run: run.id, path: path)
        }
        var id = OperationID(run: run.id, path: path, attempt: attempt.attempt)
        let repetition = attempt.wait == nil ? live.newestRepetition(of: id) : 0
        id.poll = attempt.wait?.attempts ?? repetition
        let secrets: SecretMask
        do {
            secrets = try await vault.mask(of: operation, in: RunSecrets(of: run), id: id, spool: spool)
        } catch {
            throw .notPossible("what \(path) prints is withheld: \(error)")
        }
        let sensitive = SecretMask(run.plan.secrets)
        let piece = live.read(id, channel, from: position) { sensitive.masked(secrets.masked($0)) }
        guard let piece else { throw .noOutput(run: run.id, path: path) }
        return StepOutput(
            attempt: attempt.attempt, repetition: repetition == 0 ? nil : repetition, text: piece.text,
            next: piece.next, hasMore: piece.hasMore, ended: piece.end != nil)
    }
}

extension RunDesk {
    /// What the newest attempt at a step has printed from a position on, secrets masked.
    ///
    /// - Throws: ``EngineError/unknownRun(_:)``, ``EngineError/noOutput(run:path:)`` when nothing is kept of the step,
    ///   ``EngineError/notPossible(_:)`` when a secret that would have to be masked cannot be read.
    package func output(
        of id: String, path: String, _ channel: StepOutput.Channel, from position: Int
    ) async throws -> StepOutput {
        guard let record = try await journal.run(id) else { throw EngineError.unknownRun(id) }
        return try await outputs.output(of: record, path: path, channel, from: position)
    }
}

extension LocalRuns {
    /// What the newest attempt at a step has printed from a position on, secrets masked.
    ///
    /// - Throws: as ``RunDesk/output(of:path:_:from:)``.
    package func output(
        of id: String, path: String, _ channel: StepOutput.Channel, from position: Int
    ) async throws -> StepOutput {
        guard let record = try await journal.run(id) else { throw EngineError.unknownRun(id) }
        return try await outputs.output(of: record, path: path, channel, from: position)
    }
}
