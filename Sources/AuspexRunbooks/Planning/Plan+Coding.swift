import AuspexSignals

// What an older engine did not know is only written where it is set, so that the hash of a plan without it stays what
// it was, and a stored plan without it can be read.

extension Plan {
    private enum CodingKeys: String, CodingKey {
        case runbook, version, title, owner, parameters, sensitive, locks, deadline, steps, verification, onFailure
        case always, preconditions, onCancel, approvals, secretNames, limits, rollsBack
    }

    /// Reads a plan, also one of an older engine.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            runbook: try values.decode(String.self, forKey: .runbook),
            version: try values.decode(Int64.self, forKey: .version),
            title: try values.decode(String.self, forKey: .title),
            owner: try values.decode(String.self, forKey: .owner),
            parameters: try values.decode([String: JSONValue].self, forKey: .parameters),
            sensitive: try values.decode([String].self, forKey: .sensitive),
            secretNames: try values.decodeIfPresent([String].self, forKey: .secretNames),
            locks: try values.decode([String].self, forKey: .locks),
            deadline: try values.decode(TimeSpan.self, forKey: .deadline),
            steps: try values.decode([Step].self, forKey: .steps),
            verification: try values.decode(Verification.self, forKey: .verification),
            onFailure: try values.decode([Step].self, forKey: .onFailure),
            always: try values.decode([Step].self, forKey: .always),
            preconditions: try values.decodeIfPresent([Step].self, forKey: .preconditions) ?? [],
            onCancel: try values.decodeIfPresent([Step].self, forKey: .onCancel) ?? [],
            approvals: try values.decodeIfPresent(ApprovalRule.self, forKey: .approvals))
        limits = try values.decodeIfPresent(RunbookLimits.self, forKey: .limits)
        rollsBack = try values.decodeIfPresent(Bool.self, forKey: .rollsBack)
    }

    /// Writes a plan.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(runbook, forKey: .runbook)
        try values.encode(version, forKey: .version)
        try values.encode(title, forKey: .title)
        try values.encode(owner, forKey: .owner)
        try values.encode(parameters, forKey: .parameters)
        try values.encode(sensitive, forKey: .sensitive)
        try values.encode(locks, forKey: .locks)
        try values.encode(deadline, forKey: .deadline)
        try values.encode(steps, forKey: .steps)
        try values.encode(verification, forKey: .verification)
        try values.encode(onFailure, forKey: .onFailure)
        try values.encode(always, forKey: .always)
        if !preconditions.isEmpty { try values.encode(preconditions, forKey: .preconditions) }
        if !onCancel.isEmpty { try values.encode(onCancel, forKey: .onCancel) }
        try values.encodeIfPresent(approvals, forKey: .approvals)
        try values.encodeIfPresent(secretNames, forKey: .secretNames)
        try values.encodeIfPresent(limits, forKey: .limits)
        try values.encodeIfPresent(rollsBack, forKey: .rollsBack)
    }
}

extension Plan.Step {
    private enum CodingKeys: String, CodingKey {
        case id, action, effect, timeout, probe, continuesOnError, when, expect, out, retry, undo, isDestructive
    }

    /// Reads a step, also one of an older engine.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try values.decode(String.self, forKey: .id),
            action: try values.decode(Plan.Action.self, forKey: .action),
            effect: try values.decode(Effect.self, forKey: .effect),
            timeout: try values.decode(TimeSpan.self, forKey: .timeout),
            probe: try values.decodeIfPresent(Plan.Probe.self, forKey: .probe),
            continuesOnError: try values.decode(Bool.self, forKey: .continuesOnError),
            when: try values.decodeIfPresent(String.self, forKey: .when),
            expect: try values.decodeIfPresent(String.self, forKey: .expect),
            out: try values.decodeIfPresent(String.self, forKey: .out),
            retry: try values.decodeIfPresent(Plan.Retry.self, forKey: .retry),
            undo: try values.decodeIfPresent([Plan.Step].self, forKey: .undo) ?? [],
            isDestructive: try values.decodeIfPresent(Bool.self, forKey: .isDestructive) ?? false)
    }

    /// Writes a step.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id, forKey: .id)
        try values.encode(action, forKey: .action)
        try values.encode(effect, forKey: .effect)
        try values.encode(timeout, forKey: .timeout)
        try values.encodeIfPresent(probe, forKey: .probe)
        try values.encode(continuesOnError, forKey: .continuesOnError)
        try values.encodeIfPresent(when, forKey: .when)
        try values.encodeIfPresent(expect, forKey: .expect)
        try values.encodeIfPresent(out, forKey: .out)
        try values.encodeIfPresent(retry, forKey: .retry)
        if !undo.isEmpty { try values.encode(undo, forKey: .undo) }
        if isDestructive { try values.encode(true, forKey: .isDestructive) }
    }
}

extension Plan.Action: Codable {
    private enum Kind: String, CodingKey { case operation, wait, verify, branch, group, parallel, pause, approval }

    /// An approval as it is stored.
    private struct Approval: Codable {
        var rule: Plan.ApprovalRule
        var message: String
    }

    /// Reads an object with one member, which says what the step does.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Kind.self)
        switch values.allKeys.first {
        case .operation: self = .operation(try values.decode(Operation.self, forKey: .operation))
        case .wait: self = .wait(try values.decode(Plan.Wait.self, forKey: .wait))
        case .branch: self = .branch(try values.decode(Plan.Branch.self, forKey: .branch))
        case .group: self = .group(try values.decode(Plan.Group.self, forKey: .group))
        case .parallel: self = .parallel(try values.decode(Plan.Parallel.self, forKey: .parallel))
        case .pause: self = .pause(try values.decode(Plan.Pause.self, forKey: .pause))
        case .approval:
            let approval = try values.decode(Approval.self, forKey: .approval)
            self = .approval(approval.rule, message: approval.message)
        case .verify, nil: self = .verify(try values.decode(Verification.self, forKey: .verify))
        }
    }

    /// Writes an object with one member, which says what the step does.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Kind.self)
        switch self {
        case .operation(let operation): try values.encode(operation, forKey: .operation)
        case .wait(let wait): try values.encode(wait, forKey: .wait)
        case .verify(let verification): try values.encode(verification, forKey: .verify)
        case .branch(let branch): try values.encode(branch, forKey: .branch)
        case .group(let group): try values.encode(group, forKey: .group)
        case .parallel(let parallel): try values.encode(parallel, forKey: .parallel)
        case .pause(let pause): try values.encode(pause, forKey: .pause)
        case .approval(let rule, let message):
            try values.encode(Approval(rule: rule, message: message), forKey: .approval)
        }
    }
}
