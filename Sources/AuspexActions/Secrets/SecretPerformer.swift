package import AuspexRunbooks
package import AuspexSignals

/// Gives operations their secrets just before another performer carries them out, and takes every trace of these secrets
/// out of what that says.
package struct SecretPerformer: Performer {
    private let performer: any Performer
    private let vault: SecretVault
    private let spool: String?

    /// Creates a performer.
    ///
    /// - Parameters:
    ///   - performer: Who carries operations out.
    ///   - vault: Where the values are read.
    ///   - spool: The directory of ``ProcessConfiguration/spool``, for what a later engine has to know of the secrets of
    ///     commands; nil where none is to find them.
    package init(_ performer: any Performer, secrets vault: SecretVault, spool: String? = nil) {
        self.performer = performer
        self.vault = vault
        self.spool = spool
    }

    package func perform(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        let names = Set(order.operation.secrets + (order.hidden?.secretNames ?? [])).sorted()
        guard !names.isEmpty else {
            return await masked(await performer.perform(order, control), of: order, given: [], [:])
        }
        var resolved = order
        let values: [String: String]
        do {
            values = try await vault.values(of: names, within: order.timeout)
            resolved.operation = try order.operation.resolved(with: values)
            resolved.hidden = order.hidden.map {
                HiddenTexts(values: $0.values + vault.known(of: names) + values.values)
            }
            if let spool, case .run = order.operation {
                try SecretSeal(values, of: order.id).write(of: order.id, in: spool)
            }
        } catch {
            // Nothing has begun.
            return OperationResult(outcome: .failed, reason: "\(error)", errorCode: "SecretNotAvailable")
        }
        let result = await performer.perform(resolved, control)
        // It may have been the operation that changed a secret.
        await vault.look(at: names)
        return await masked(result, of: order, given: names, values)
    }

    /// The result of an operation without the secrets that it was given, and without those that the other steps of its run
    /// were. When these cannot be told, its texts are withheld.
    private func masked(
        _ result: OperationResult, of order: OperationOrder, given names: [String], _ values: [String: String]
    ) async -> OperationResult {
        do {
            let others = try await vault.known(of: order.runSecrets, besides: names)
            // By now they may have been given out so often anew that those of this operation are remembered no more.
            return SecretMask(vault.known(of: names) + values.values + others).masked(result)
        } catch {
            return result.withheld(because: "\(error)")
        }
    }

    package func newestRepetition(of order: OperationOrder) async -> Int {
        await performer.newestRepetition(of: order)
    }

    package func locate(_ order: OperationOrder) async -> Located {
        let located = await performer.locate(order)
        guard case .finished(let result) = located else { return located }
        return .finished(await masked(result, of: order))
    }

    package func attach(_ order: OperationOrder, _ control: OperationControl) async -> OperationResult {
        await masked(await performer.attach(order, control), of: order)
    }

    package func tidy(keeping open: Set<String>, before time: Timestamp) async {
        await performer.tidy(keeping: open, before: time)
    }

    /// The result of an operation that an earlier engine began. The secrets that it and its run were given are asked for
    /// anew; when they cannot be told, its texts are withheld rather than shown.
    private func masked(_ result: OperationResult, of order: OperationOrder) async -> OperationResult {
        do {
            return try await vault.mask(of: order.operation, in: order.runSecrets, id: order.id, spool: spool).masked(
                result)
        } catch {
            return result.withheld(because: "\(error)")
        }
    }
}

extension OperationResult {
    /// The result without what a program or host has said.
    fileprivate func withheld(because reason: String) -> OperationResult {
        var shown = self
        let note = "[withheld: \(reason)]"
        if !self.reason.isEmpty { shown.reason = note }
        shown.output = CapturedText(head: note)
        shown.errorOutput = CapturedText(head: note)
        return shown
    }
}
