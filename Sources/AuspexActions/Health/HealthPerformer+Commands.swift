import AuspexRunbooks
import AuspexSignals

extension HealthPerformer {
    /// The program that tells about units of systemd; the list of programs that may be run says where it is.
    private static let systemctl = "systemctl"
    /// What is asked of a unit.
    private static let properties = ["LoadState", "ActiveState", "SubState", "Result"]

    private func result(
        of operation: Operation, _ order: OperationOrder, by performer: any Performer, _ stops: StopRelay
    ) async -> OperationResult {
        var part = order
        part.operation = operation
        part.effect = .read
        let partOrder = part
        return await stops.part { await performer.perform(partOrder, $0) }
    }

    /// Sends the request, to a host on the list, and looks at its answer.
    func page(_ page: HealthCheck.Page, _ order: OperationOrder, _ stops: StopRelay) async -> Finding {
        let result = await result(of: .http(page.request), order, by: requests, stops)
        var measured: [String: JSONValue] = [:]
        if let status = result.status { measured["status"] = .int(Int64(status)) }
        switch (result.outcome, result.errorCode) {
        case (.succeeded, _):
            if let text = page.contains, !result.output.head.contains(text) {
                return .fail("the answer does not have the text in it", measured)
            }
            return .ok("status \(result.status ?? 0)", measured)
        // Not allowed and not found say nothing of the service.
        case (_, "NotAllowed"), (_, "HostNotFound"), (_, "NotStarted"), (.cancelled, _):
            return .unknown(result.reason)
        default: return .fail(result.reason, measured)
        }
    }

    /// Asks systemd for a unit's state.
    func unit(_ unit: HealthCheck.Unit, _ order: OperationOrder, _ stops: StopRelay) async -> Finding {
        let argv = [
            Self.systemctl, "show", "--property=" + Self.properties.joined(separator: ","), "--", unit.unit,
        ]
        let result = await result(of: .run(Command(argv: argv)), order, by: processes, stops)
        guard result.outcome == .succeeded else { return .unknown(result.reason) }
        var values: [String: String] = [:]
        for line in result.output.text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
        guard let load = values["LoadState"], let active = values["ActiveState"] else {
            return .unknown("systemctl does not say how the unit is")
        }
        let state = "\(active) (\(values["SubState"] ?? ""))"
        let measured: [String: JSONValue] = [
            "load_state": .string(load), "active_state": .string(active),
            "sub_state": .string(values["SubState"] ?? ""),
            "result": .string(values["Result"] ?? ""),
        ]
        guard load == "loaded" else { return .fail("the unit is \(load), and \(state)", measured) }
        switch active {
        case "active": return .ok(state, measured)
        case "reloading", "refreshing": return Finding(status: .warn, message: state, measured: measured)
        default: return .fail(state, measured)
        }
    }

    /// Runs the command that puts a query to a database, and looks at what it prints.
    func query(_ query: HealthCheck.Query, _ order: OperationOrder, _ stops: StopRelay) async -> Finding {
        let result = await result(of: .run(query.run), order, by: processes, stops)
        guard result.outcome == .succeeded else {
            // Whether the command can be run says nothing of the database.
            let isUnknown = result.errorCode == "NotStarted" || [.cancelled, .unknown].contains(result.outcome)
            return isUnknown ? .unknown(result.reason) : .fail(result.reason)
        }
        let text = result.output.text.trimmingBlanks
        let isWhole = result.output.droppedBytes == 0
        var measured: [String: JSONValue] = [:]
        if let number = Double(text), number.isFinite { measured["value"] = .double(number) }
        if let wanted = query.answer.equals, !isWhole || text != wanted {
            return .fail("the answer is not what it must be", measured)
        }
        guard query.answer.atLeast != nil || query.answer.atMost != nil else { return .ok("answered", measured) }
        guard isWhole, let number = Double(text), number.isFinite else { return .fail("the answer is no number") }
        if let least = query.answer.atLeast, number < least {
            return .fail("\(number) is less than \(least)", measured)
        }
        if let most = query.answer.atMost, number > most { return .fail("\(number) is more than \(most)", measured) }
        return .ok("\(number)", measured)
    }
}

extension String {
    /// The text without blanks and line ends around it.
    fileprivate var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
