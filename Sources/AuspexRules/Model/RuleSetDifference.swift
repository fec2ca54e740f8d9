package import AuspexSignals

/// What changes when one set of rules takes the place of another.
package struct RuleSetDifference: Hashable, Sendable {
    /// A rule that both have.
    package struct Change: Hashable, Sendable {
        /// Its identifier.
        package let id: String
        /// The keys that differ, with what stood there and what stands there now.
        package let fields: [Field]
        /// Whether its alerts are ended and it starts afresh.
        package let startsAfresh: Bool
        /// Where it stands in the new set.
        package let location: SourceLocation
    }

    /// One key of a rule.
    package struct Field: Hashable, Sendable {
        /// The key.
        package let name: String
        /// As it was; empty for nothing.
        package let old: String
        /// As it is; empty for nothing.
        package let new: String
    }

    /// The identifiers of rules that only the new set has.
    package let added: [String]
    /// The identifiers of rules that only the old set has; their alerts are ended.
    package let removed: [String]
    /// Rules that differ, in the order of the new set.
    package let changed: [Change]

    /// Compares two sets.
    package init(from old: RuleSet, to new: RuleSet) {
        added = new.rules.map(\.id).filter { old[$0] == nil }
        removed = old.rules.map(\.id).filter { new[$0] == nil }
        changed = new.rules.compactMap { rule in
            guard let known = old[rule.id] else { return nil }
            let (before, after) = (known.described, rule.described)
            let fields = zip(before, after).filter { $0.1 != $1.1 }.map { Field(name: $0.0, old: $0.1, new: $1.1) }
            let startsAfresh = known.fingerprint != rule.fingerprint
            guard !fields.isEmpty || startsAfresh else { return nil }
            return Change(id: rule.id, fields: fields, startsAfresh: startsAfresh, location: rule.location)
        }
    }

    /// What changes of windows and services, a line each.
    package static func changesBesideRules(from old: RuleSet, to new: RuleSet) -> [String] {
        let (before, after) = (old.windows.described, new.windows.described)
        var lines = after.keys.filter { before[$0] == nil }.sorted().map { "+ window \($0)" }
        lines += before.keys.filter { after[$0] == nil }.sorted().map { "- window \($0)" }
        lines += after.keys.filter { before[$0] != nil && before[$0] != after[$0] }.sorted().map { "~ window \($0)" }
        if old.services != new.services { lines.append("~ services") }
        return lines
    }

    /// Whether nothing changes.
    package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }
}

extension Rule {
    /// Every key with its value as text, always the same keys in the same order.
    fileprivate var described: [(String, String)] {
        [
            ("title", title), ("owner", owner), ("status", status.rawValue), ("severity", severity.rawValue),
            ("runbook_url", runbookURL), ("requires_engine", requirement?.description ?? ""), ("labels", "\(labels)"),
            ("falsepositives", falsePositives.joined(separator: "; ")),
            ("when", whenText), ("time", clock.rawValue), ("allow_late", "\(allowLate)"),
            ("missing_data", missingData.rawValue + (holdAtMost.map { " for at most \($0)" } ?? "")),
            ("group_by", groupBy?.joined(separator: ", ") ?? ""),
            ("inhibited_by", inhibition?.text ?? ""),
            ("throttle", throttle?.text ?? ""), ("exceptions", exceptions.text),
            ("risk", risk?.text ?? ""), ("then", responses.map(\.text).joined(separator: "; ")),
            ("limits", limits?.text ?? ""),
            ("tests", tests.map(\.name).joined(separator: "; ")),
        ]
    }

    private var whenText: String {
        var texts = conditions.map(\.text)
        if let correlation {
            texts.insert(correlation.text, at: 0)
            texts += join.parts.map { part in "join_on \(part.name)\(part.paths.compactMap { $0?.text })" }
        }
        return texts.joined(separator: "; ")
    }
}

extension Condition {
    fileprivate var text: String {
        var text = "\(name): \(source.rawValue) where \(expression.text)"
        if hold > .zero { text += " for \(hold)" }
        if keepFiring > .zero { text += " keep_firing_for \(keepFiring)" }
        if let count {
            text += " count \(count.atLeast)"
            if let distinct = count.distinct { text += " of \(distinct.text)" }
            if let within = count.within { text += " within \(within)" }
        }
        return text
    }
}

extension Correlation {
    fileprivate var text: String {
        var text = "\(form.rawValue) within \(within), keep_firing_for \(keepFiring)"
        if let absence { text += ", unless the last \(absence.side.rawValue) within \(absence.within)" }
        return text
    }
}

extension WindowSet {
    /// What each window says, by its identifier; where it stands does not matter.
    fileprivate var described: [String: [String]] {
        let texts = windows.map { window in
            let parts = [window.title, window.owner, window.effect.rawValue, "\(window.blocksRemediation)"]
            return (window.id, parts + ["\(window.scope)", "\(window.schedule)"])
        }
        return Dictionary(texts) { first, _ in first }
    }
}

extension Throttle {
    fileprivate var text: String {
        let key = per.map { " per \($0.joined(separator: ", "))" } ?? ""
        return switch form {
        case .onceWithin(let window): "once_within \(window)\(key)"
        case .onceAfter(let window): "once_after \(window)\(key)"
        case .accumulate(within: let window, let threshold): "accumulate_within \(window) threshold \(threshold)\(key)"
        }
    }
}

extension RuleExceptions {
    fileprivate var text: String {
        exceptions.map { exception in
            let fields = exception.fields.map { "\($0.name) \($0.values.map(\.text))" }.joined(separator: ", ")
            return "\(fields) until \(exception.until.iso8601) because \(exception.reason)"
        }.joined(separator: "; ")
    }
}

extension RiskScore {
    fileprivate var text: String {
        let points = points.map { "\($0.add) if \($0.condition.text) because \($0.because)" }
        let bands = bands.map { "\($0.name) from \($0.from)" }
        return (["base \(base), cap \(cap)"] + points + bands).joined(separator: "; ")
    }
}

extension ResponseLimits {
    fileprivate var text: String {
        let parts = [
            mostAtOnce.map { "max_active \($0)" }, mostPerHour.map { "max_per_hour \($0)" },
            coolDown.map { "cool_down \($0)" },
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}

extension Response {
    fileprivate var text: String {
        let test = condition.map { "if \($0.text): " } ?? ""
        let with = parameters.map { "\($0.name): \($0.expression.text)" }.joined(separator: ", ")
        return "\(test)\(runbook ?? "nothing") (\(mode.rawValue)) with {\(with)}"
    }
}
