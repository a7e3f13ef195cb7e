/**
 * A translated sentence with people in it. Names are typed by strangers, so they never pass through the translation as
 * text: each value travels as a token and becomes an element only after the sentence has been put together.
 */
import { type ParseKeys, t } from 'i18next';
import type { ReactNode } from 'react';
import { type Person, shortName } from '@/lib/person.ts';

interface SentenceProps {
  /** A key of the strings; those of notifications may come with the notification's own file. */
  id: ParseKeys | `notification.${string}`;
  people: readonly Person[];
  /** How many in all; those not named become "and 3 others". */
  count?: number;
}

const token = /\uE000(\d)/;

export function Sentence({ id, people, count = people.length }: SentenceProps) {
  const others = Math.max(count, people.length) - Math.min(people.length, 2);
  const who =
    people.length < 2
      ? others > 0 && people.length === 1
        ? t('who.one_and_others', { first: '\uE0000', count: others })
        : '\uE0000'
      : others > 0
        ? t('who.two_and_others', { first: '\uE0000', second: '\uE0001', count: others })
        : t('who.two', { first: '\uE0000', second: '\uE0001' });
  return <>{split(String(t(id as ParseKeys, { who } as never)), people)}</>;
}

function split(sentence: string, people: readonly Person[]): ReactNode[] {
  return sentence.split(new RegExp(token, 'g')).map((part, index) => {
    if (index % 2 === 0) return part;
    const person = people[Number(part)];
    return person ? <b key={part}>{shortName(person)}</b> : null;
  });
}
