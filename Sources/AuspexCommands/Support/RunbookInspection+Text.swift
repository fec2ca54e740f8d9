import AuspexRunbooks

extension RunbookInspection {
    /// The runbook for people.
    var text: String {
        let head = [
            ["runbook", "\(id) \(version): \(title)"], ["owner", owner], ["place", place],
            ["locks", locks.joined(separator: " ")], ["within", deadline], ["tests", "\(tests)"],
        ]
        var parts = [aligned(head + (approvals.map { [["approve", $0]] } ?? []))]
        if !parameters.isEmpty {
            parts.append(aligned([["PARAMETER", "TYPE", "GIVEN", "FORM"]] + parameters.map(\.cells)))
        }
        for section in sections {
            let steps = section.steps.enumerated().flatMap { $0.element.lines(number: "\($0.offset + 1)") }
            parts.append(([section.name + ":"] + steps).joined(separator: "\n"))
        }
        parts.append("verify: \(verification)")
        parts.append(aligned([["NEEDS", ""]] + needed))
        let changing = sections.flatMap(\.steps).flatMap(\.flattened).filter(\.mayChange).map(\.id)
        parts.append(
            changing.isEmpty ? "changes nothing" : "may change something: " + changing.joined(separator: ", "))
        return parts.joined(separator: "\n\n")
    }

    private var needed: [[String]] {
        RunbookNeed.Kind.allCases.compactMap { kind in
            needs[kind.rawValue].map { [kind.rawValue, $0.joined(separator: " ")] }
        }
    }
}

extension RunbookInspection.Parameter {
    fileprivate var cells: [String] {
        let given = isRequired ? "required" : defaultValue.map { "else \(Parameter.text($0))" } ?? "optional"
        var form: [String] = []
        if let choices { form.append("one of \(choices.joined(separator: ", "))") }
        if let pattern { form.append("matches \(pattern)") }
        if choices == nil, kind != Parameter.Kind.bool.rawValue { form.append("at most \(maxLength) characters") }
        if isSensitive { form.append("sensitive") }
        return [name, kind, given, form.joined(separator: ", ")]
    }
}

extension RunbookInspection.Step {
    /// It and all steps inside it.
    fileprivate var flattened: [RunbookInspection.Step] { [self] + parts.flatMap(\.steps).flatMap(\.flattened) }

    fileprivate func lines(number: String) -> [String] {
        var marks = ["effect \(effect.rawValue)", "at most \(timeout)"]
        if mayChange { marks.append("may change something") }
        if continuesOnError { marks.append("may fail") }
        var lines = ["  \(number). \(id): \(act)", "     [\(marks.joined(separator: ", "))]"]
        if let when { lines.append("     when \(when)") }
        lines += acceptors.map { "     \($0)" }
        if let probe { lines.append("     if unknown, ask: \(probe)") }
        for part in parts {
            lines.append("     \(part.name):")
            lines += part.steps.enumerated().flatMap { $0.element.lines(number: "\(number).\($0.offset + 1)") }
                .map { "  " + $0 }
        }
        return lines
    }
}
