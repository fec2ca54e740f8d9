package import AuspexSignals

extension Engine {
    /// Takes a question of another system whether a deployment may go on: decides, keeps the verdict under the question's
    /// id and sends the answer where the question says.
    ///
    /// - Returns: whether it was news; a question that was asked before is not answered again.
    package func ask(_ question: DeploymentQuestion) async throws -> Bool {
        guard try await verdict(id: question.id) == nil else { return false }
        let query = GateQuery(
            service: question.service, environment: question.environment, sha: question.sha,
            version: question.version, author: question.author)
        _ = try await decide(query, id: question.id)
        return true
    }
}
