// One operation: what it does, what it takes, what it answers, and the command that asks for it.
import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { CopyButton } from '../../base/parts/CopyButton';
import { commandOf, type Document, type Operation } from './document';
import { MemberTable, SchemaMembers } from './Members';
import classes from './Reference.module.css';
import { Words } from './Words';

function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return <section className={classes.part}><h4>{title}</h4>{children}</section>;
}

export function OperationView({ document, operation }: { document: Document; operation: Operation }) {
  const { t } = useLingui();
  const { parameters, requestBody, answers, security } = operation;
  const command = commandOf(operation, window.location.origin);
  return (
    <div className={classes.operation}>
      <Words>{operation.description}</Words>
      {security?.length === 0 && <p className={classes.quiet}><Trans>Anybody may ask; no session and no token is needed.</Trans></p>}
      {parameters.length > 0 && (
        <Part title={<Trans>Parameters</Trans>}>
          <MemberTable
            document={document} label={t`Parameters`}
            members={parameters.map(({ name, in: place, required = false, description, schema }) => ({ name, place, required, description, schema }))}
          />
        </Part>
      )}
      {Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => (
        <Part key={type} title={<Trans>Body <bdi dir="ltr">{type}</bdi></Trans>}>
          <Words>{requestBody?.description}</Words>
          <SchemaMembers document={document} schema={schema} label={type} />
        </Part>
      ))}
      <Part title={<Trans>Answers</Trans>}>
        {answers.map(([code, { description, content = {} }]) => (
          <div key={code} dir="ltr" className={classes.answer}>
            <p><code>{code}</code></p>
            <div>
              <Words>{description}</Words>
              {Object.entries(content).map(([type, { schema }]) => (
                <div key={type}>
                  <p className={classes.quiet}>{type}</p>
                  {schema && <SchemaMembers document={document} schema={schema} label={`${code} ${type}`} />}
                </div>
              ))}
            </div>
          </div>
        ))}
      </Part>
      <Part title={<Trans>As a command</Trans>}>
        <div className={classes.command}>
          <pre dir="ltr" tabIndex={0}>{command}</pre>
          <CopyButton value={command} label={t`Copy the command`} />
        </div>
      </Part>
    </div>
  );
}
