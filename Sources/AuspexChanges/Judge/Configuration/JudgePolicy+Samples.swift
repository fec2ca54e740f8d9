extension JudgePolicy {
    /// The metrics to judge with their samples, from two tables. Without a list of metrics every column is one, except
    /// those that are denominators of others.
    func samples(_ baseline: MetricTable, _ canary: MetricTable) -> [MetricSamples] {
        let tables = [baseline, canary]
        let traffic = MetricRecognition.trafficColumns(in: tables)
        let names = metrics.isEmpty ? baseline.names(with: canary) : metrics.map(\.name)
        let policies = names.map { name in
            var policy = metric(name)
            if policy.kind == nil || policy.kind == .ratio, policy.denominator == nil, policy.controls.isEmpty {
                policy.denominator = MetricRecognition.denominator(of: name, traffic, in: tables)
            }
            return policy
        }
        let helpers = Set(policies.flatMap { [$0.denominator, $0.expected].compactMap { $0 } })
        return policies.filter { !metrics.isEmpty || !helpers.contains($0.name) }.map { policy in
            var samples = MetricSamples(
                name: policy.name, baseline: side(policy, baseline), canary: side(policy, canary))
            if !policy.controls.isEmpty {
                let controls = policy.controls.map { (before: baseline[$0] ?? [], after: canary[$0] ?? []) }
                (samples.baseline.expected, samples.canary.expected) = ControlExpectation.expected(controls)
            }
            return samples
        }
    }

    private func side(_ policy: MetricPolicy, _ table: MetricTable) -> MetricSamples.Side {
        MetricSamples.Side(
            values: table[policy.name] ?? [], denominators: policy.denominator.map { table[$0] ?? [] },
            expected: policy.expected.map { table[$0] ?? [] }, rows: table.rows)
    }
}
