import AuspexDocuments
import Foundation

/// `answers:`
extension ConfigurationLoader {
    static func apply(
        _ reader: inout MappingReader, to answers: inout EngineConfiguration.Answers, _ secrets: inout SecretReader
    ) {
        if var section = reader.optionalMapping("github") {
            var gitHub = answers.gitHub ?? EngineConfiguration.Answers.GitHub()
            if let api = base("api", &section) { gitHub.api = api }
            if let id = section.optionalString("app_id") { gitHub.appID = id }
            if let key = secrets.read("private_key", &section) { gitHub.privateKey = key }
            if let token = secrets.read("token", &section) {
                gitHub.token = token
                gitHub.tokenFile = section.optionalString("token_file")
            }
            if let flag = section.optionalBool("statuses") { gitHub.statuses = flag }
            section.finish()
            answers.gitHub = gitHub
        }
        if var section = reader.optionalMapping("gitlab") {
            var gitLab = answers.gitLab ?? EngineConfiguration.Answers.GitLab()
            if let api = base("api", &section) { gitLab.api = api }
            if let token = secrets.read("token", &section) {
                gitLab.token = token
                gitLab.tokenFile = section.optionalString("token_file")
            }
            section.finish()
            answers.gitLab = gitLab
        }
        if var section = reader.optionalMapping("cdevents") {
            if let url = address("url", isSecret: false, &section) {
                answers.cdEvents = url
            } else if !section.has("url") {
                section.report("url", "'cdevents' needs 'url', the address that takes the events")
            }
            section.finish()
        }
        if var section = reader.optionalMapping("webhook") {
            var webhook = answers.webhook ?? EngineConfiguration.Answers.Webhook()
            if let url = address("url", isSecret: false, &section) { webhook.url = url }
            if let secret = secrets.read("secret", &section) { webhook.secret = secret }
            section.finish()
            answers.webhook = webhook
        }
        if let url = base("public_url", isSecret: false, &reader) { answers.publicURL = url }
        reader.finish()
    }

    /// A web address that others are put behind, without the slash at its end; reports why it is none.
    private static func base(_ key: String, isSecret: Bool = true, _ reader: inout MappingReader) -> String? {
        guard var text = address(key, isSecret: isSecret, &reader) else { return nil }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// A web address as it stands; reports why it is none.
    ///
    /// - Parameter isSecret: Whether a token goes there, which must not cross a network that others read.
    private static func address(_ key: String, isSecret: Bool, _ reader: inout MappingReader) -> String? {
        guard let text = reader.optionalString(key) else { return nil }
        guard let url = URLComponents(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil, url.query == nil,
            url.fragment == nil
        else {
            reader.report(key, "'\(key)' must be a URL such as https://api.example.com, not '\(text)'")
            return nil
        }
        let address = EngineConfiguration.ListenAddress(host: host, port: 0)
        guard !isSecret || scheme == "https" || address.isLoopback else {
            reader.report(key, "'\(key)' must begin with https://, for a token goes there")
            return nil
        }
        return text
    }
}
